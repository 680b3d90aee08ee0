// GraphiQL with everything bundled: no request leaves the machine.
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./graphiql.css";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

const WELCOME = `# Ask the graph. Ctrl+Enter runs the query, Ctrl+Space completes a name.
{
  concept(id: "Pod") {
    label(lang: [KO, EN])
    facts(first: 5) {
      totalCount
      nodes {
        predicate
        object { name }
        text
        document
        lines
        quote
      }
    }
  }
}
`;

async function fetcher(request, { headers } = {}) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(request),
  });
  return response.json();
}

createRoot(document.getElementById("root")).render(
  createElement(GraphiQL, { fetcher, defaultQuery: WELCOME, shouldPersistHeaders: false }),
);
