"""One request to the API server: authentication, authorization, admission; where 401 and 403 come from."""
