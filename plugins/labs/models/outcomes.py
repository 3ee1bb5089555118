"""How an ephemeral lab or a project may end: five words of the same weight.

They are never counted, compared or sorted by (law 3, C01 SPEC 5, C02 SPEC 3).
"""

from portal.api import texts

_ = texts("labs")

REACHED = "reached"
LEARNT = "learnt"
BRANCHED = "branched"
STOPPED = "stopped"
NOT_PURSUED = "not_pursued"

OUTCOMES = {
    REACHED: _.later("reached its aim"),
    LEARNT: _.later("learnt something"),
    BRANCHED: _.later("branched off"),
    STOPPED: _.later("stopped"),
    NOT_PURSUED: _.later("not pursued"),
}
