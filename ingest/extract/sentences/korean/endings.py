"""What stands behind a verb or a name and turns what it says: denial, condition, passive, order.

All patterns are matched at the end of a stem or name, in the text of the sentence.
"""

import re

NEGATED = re.compile(
    r"[가-힣]{0,6}?(?:지|진)\s?(?:는|도|를)?\s?(?:않|못)|\s?(?:이|가)?\s?(?:불가|안\s?됨|안\s?되|안\s?된|안\s?됩|안\s?돼|금지|없다|없습|없음)"
    r"|\s?[가-힣]{0,3}\s?(?:수|순)\s?없|하지\s?(?:않|못|마)|(?:되|할|될)?\s?(?:수\s?없)"
)
CONDITIONAL = re.compile(
    r"(?:하|되|시키|해|돼|[이가]\s?되)?[가-힣]{0,5}?(?:면|다면|려면|때|경우|시(?=[\s,]|$))|\s?(?:시|후|뒤|전|중|때|시에|하면|되면)(?=[\s,에]|$)|[가-힣]{1,4}\s(?:때|경우|시)(?=[\s,에는]|$)"
)
PASSIVE = re.compile(r"되|된|될|됨|됩|돼|됐|어지|어진|어짐|져|진다|지지")
ADNOMINAL_PASSIVE = re.compile(r"(?:된|되어\s?있는|되어진|돼\s?있는|되는)\s")
ADNOMINAL = re.compile(r"(?:하는|한|할|되는|된|될|[가-힣]?[는던])\s+(?=[^\s]*[가-힣A-Za-z])")
ASKED = re.compile(r"\s?(?:을|를)?\s?(?:요청|지시|명령)")
MUST = re.compile(r"[가-힣\s]{0,8}?(?:야\s?(?:만\s)?(?:한|함|하|됩|된|합|되)|어야|아야|해야|여야)")
CANNOT = re.compile(r"(?:않|못|안\s?(?:되|된|됨|됩)|불가|없다|없습)")
AMOUNT = re.compile(r"\s?(?:의)?\s?(?:갯수|개수|수량|수(?=[를가는은])|숫자|양|크기)")
BELONGS = re.compile(
    r"(?:에\s?(?:속한|포함된|속하는)|\s?안의|\s?안에\s?있는|\s?내부의?|\s?내의|\s?안에\s?속한)\s?$"
)
AFTER = re.compile(r"(?:[을를]?\s?[가-힣]{1,4}\s?)?(?:한|된)?\s?(?:후|뒤|다음)(?:에)?(?=[\s,]|$)")
