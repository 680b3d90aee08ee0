"""The one table of systems: which question is answered where.

A target is `module:NAME`, loaded when the question is first asked, so that asking about pods does not
load the columns of the scheduler. A test resolves every entry.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import Any

from ontology.budget import Budget
from ontology.errors import UnknownQuestionError, UnknownSystemError
from ontology.scenario import Asking, Evaluator, Scenario, decode, read
from ontology.verdict import Verdict

EVALUATORS: Mapping[tuple[str, str], str] = {
    ("access", "clientCertificate"): "ontology.semantics.access.certificates:CLIENT_CERTIFICATE",
    ("access", "kubeconfig"): "ontology.semantics.access.kubeconfig.question:KUBECONFIG",
    ("access", "podToken"): "ontology.semantics.access.pod_tokens:POD_TOKEN",
    ("access", "proxy"): "ontology.semantics.access.proxy:PROXY",
    ("access", "request"): "ontology.walkthroughs.access_request.chain:REQUEST",
    ("access", "serviceAccountToken"): "ontology.semantics.access.service_accounts:SERVICE_ACCOUNT_TOKEN",
    ("cluster", "story"): "ontology.walkthroughs.cluster.question:STORY",
    ("architecture", "connections"): "ontology.semantics.architecture.connections:CONNECTIONS",
    ("architecture", "log"): "ontology.semantics.architecture.logs:LOG",
    ("architecture", "metrics"): "ontology.semantics.architecture.metrics:METRICS",
    ("architecture", "outage"): "ontology.semantics.architecture.outages:OUTAGE",
    ("architecture", "path"): "ontology.semantics.architecture.ways:PATH",
    ("architecture", "staticPod"): "ontology.semantics.architecture.static_pods:STATIC_POD",
    ("rbac", "accessOf"): "ontology.semantics.rbac.listing:ACCESS_OF",
    ("rbac", "authorize"): "ontology.semantics.rbac.authorize:AUTHORIZE",
    ("rbac", "bindingHealth"): "ontology.semantics.rbac.binding_health:BINDING_HEALTH",
    ("rbac", "effectiveRules"): "ontology.semantics.rbac.effective_rules:EFFECTIVE_RULES",
    ("rbac", "escalation"): "ontology.semantics.rbac.escalation:ESCALATION",
    ("rbac", "escalationPaths"): "ontology.semantics.rbac.escalation_paths:ESCALATION_PATHS",
    ("rbac", "review"): "ontology.semantics.rbac.reviews:REVIEW",
    ("rbac", "rulesFor"): "ontology.semantics.rbac.listing:RULES_FOR",
    ("rbac", "whoCan"): "ontology.semantics.rbac.who_can:WHO_CAN",
    ("eviction", "evict"): "ontology.semantics.eviction.evict:EVICT",
    ("podLifecycle", "backoff"): "ontology.semantics.lifecycle.backoff:BACKOFF",
    ("podLifecycle", "columns"): "ontology.semantics.lifecycle.columns:COLUMNS",
    ("podLifecycle", "restart"): "ontology.semantics.lifecycle.sync:RESTART",
    ("podLifecycle", "status"): "ontology.semantics.lifecycle.status:STATUS",
    ("podLifecycle", "timeline"): "ontology.walkthroughs.timeline.question:TIMELINE",
    ("probes", "observe"): "ontology.semantics.probes.observe:OBSERVE",
    ("scheduling", "capacity"): "ontology.semantics.scheduling.capacity:CAPACITY",
    ("scheduling", "fits"): "ontology.semantics.scheduling.waiting:FITS",
    ("scheduling", "place"): "ontology.semantics.scheduling.place:PLACE",
    ("scheduling", "stuck"): "ontology.semantics.scheduling.waiting:STUCK",
    ("scheduling", "schedule"): "ontology.semantics.scheduling.schedule:SCHEDULE",
    ("volumes", "bind"): "ontology.semantics.volumes.questions:BIND",
    ("volumes", "start"): "ontology.semantics.volumes.mounting:START",
    ("volumes", "survives"): "ontology.semantics.volumes.persistence:SURVIVES",
    ("volumes", "run"): "ontology.semantics.volumes.run:RUN",
    ("volumes", "settle"): "ontology.semantics.volumes.questions:SETTLE",
    ("ingress", "request"): "ontology.walkthroughs.ingress_request:REQUEST",
    ("networkPolicy", "connect"): "ontology.semantics.networkpolicy.connect:CONNECT",
    ("services", "route"): "ontology.walkthroughs.route.question:ROUTE",
    ("services", "resolve"): "ontology.semantics.services.resolve:RESOLVE",
    ("services", "opens"): "ontology.semantics.services.openings:OPENS",
    ("services", "endpoints"): "ontology.semantics.services.slices:ENDPOINTS",
    ("workloads", "reconcile"): "ontology.semantics.workloads.reconcile:RECONCILE",
    (
        "workloads",
        "reconcileDeployment",
    ): "ontology.semantics.workloads.reconcile_deployment:RECONCILE_DEPLOYMENT",
    ("workloads", "daemonNodes"): "ontology.semantics.workloads.daemon_nodes:DAEMON_NODES",
    ("workloads", "reconcileJob"): "ontology.semantics.workloads.reconcile_job:RECONCILE_JOB",
    ("autoscaling", "recommend"): "ontology.semantics.autoscaling.recommend:RECOMMEND",
    ("workloads", "run"): "ontology.semantics.workloads.run:RUN",
    ("workloads", "collect"): "ontology.semantics.workloads.ownership:COLLECT",
    ("workloads", "reconcileCronJob"): "ontology.semantics.workloads.cronjobs:RECONCILE_CRON_JOB",
    ("autoscaling", "simulate"): "ontology.semantics.autoscaling.simulate:SIMULATE",
    ("autoscaling", "recommendVertical"): "ontology.semantics.autoscaling.vertical:RECOMMEND_VERTICAL",
    ("autoscaling", "scaleUp"): "ontology.walkthroughs.cluster_autoscaler:SCALE_UP",
    ("autoscaling", "scaleDown"): "ontology.walkthroughs.cluster_autoscaler:SCALE_DOWN",
}

# Systems that are whole, with every recorded verdict met where there are some: what
# `kubelore evaluate --systems` lists.
COMPLETE: tuple[str, ...] = (
    "access",
    "architecture",
    "autoscaling",
    "cluster",
    "eviction",
    "ingress",
    "networkPolicy",
    "podLifecycle",
    "probes",
    "rbac",
    "scheduling",
    "services",
    "volumes",
    "workloads",
)

_USUAL = Budget()


def systems() -> tuple[str, ...]:
    """Return the names of all systems that answer, finished or not, sorted."""
    return tuple(sorted({system for system, _ in EVALUATORS}))


def questions(system: str) -> tuple[str, ...]:
    """Return the names of a system's questions, sorted.

    Raises:
        UnknownSystemError: no such system.
    """
    found = tuple(sorted(name for each, name in EVALUATORS if each == system))
    if not found:
        raise UnknownSystemError(system, nearest=get_close_matches(system, systems(), n=1))
    return found


@cache
def evaluator(system: str, question: str) -> Evaluator[Any] | Asking[Any]:
    """Return who answers a question.

    Raises:
        UnknownSystemError, UnknownQuestionError: no such system, or no such question of it.
    """
    target = EVALUATORS.get((system, question))
    if target is None:
        raise UnknownQuestionError(system, question, known=questions(system))
    module, _, name = target.partition(":")
    found: Evaluator[Any] | Asking[Any] = getattr(import_module(module), name)
    return found


def evaluate(scenario: Scenario) -> Verdict:
    """Answer a scenario's question.

    Raises:
        OntologyError: the scenario cannot be answered; the class says why.
    """
    return evaluator(scenario.system, scenario.question).answer(scenario, evaluate)


def answer(raw: Any, *, budget: Budget = _USUAL) -> Verdict:
    """Decode a plain scenario and answer it, within a budget.

    Raises:
        OntologyError: not a scenario, or one that cannot be answered.
    """
    return evaluate(decode(raw, budget=budget))


def answer_text(text: bytes, *, budget: Budget = _USUAL) -> Verdict:
    """Answer a scenario given as one JSON text: as `answer`, but clusters of any size stay small in memory.

    Raises:
        OntologyError: not a scenario, or one that cannot be answered.
    """
    return evaluate(read(text, budget=budget))
