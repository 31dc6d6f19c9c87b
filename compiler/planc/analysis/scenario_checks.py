"""What can only be judged of a scenario as a whole, once everything in it is resolved."""

from __future__ import annotations

from planc import model as m
from planc.analysis import numbers
from planc.analysis.bodies import Body
from planc.analysis.expressions import Expressions
from planc.analysis.symbols import FileSymbols
from planc.analysis.usage import needed
from planc.diagnostics import Severity
from planc.syntax import nodes as n
from planc.vocabulary import BACKENDS, FAULTS

_FAULT_MEASURES = ("recovery",)
_FAULT_WINDOWS = ("during faults", "before faults", "after heal")
_SETTINGS = (n.Setting, n.Ids, n.Cases, n.Allow, n.Cluster)
_UNRECORDED = ("memory growth", "open files", "open files growth", "metric")


def check_scenario(
    of: Expressions, node: n.Scenario, made: m.Scenario, file: FileSymbols, body: Body
) -> m.Scenario:
    """Check the whole, and note the clusters, mocks and abilities that it needs."""
    return _Checks(of, node, made, file, body).checked()


class _Checks:
    def __init__(
        self,
        of: Expressions,
        node: n.Scenario,
        made: m.Scenario,
        file: FileSymbols,
        body: Body,
    ) -> None:
        self.of = of
        self.problems = of.problems
        self.node = node
        self.made = made
        self.file = file
        self.body = body
        self.needed = needed(m.references(made), of.names.registry)
        self.items = [*m.walk(made), *(i for each in self.faults() for i in m.walk(each))]
        self.silent = body.broken or any(isinstance(part, n.Broken) for part in node.body)

    def faults(self) -> list[m.Declaration]:
        return [each for each in self.needed if isinstance(each, m.Fault)]

    def checked(self) -> m.Scenario:
        steps = [part for part in self.node.body if not isinstance(part, _SETTINGS)]
        if not steps:
            self.problems.report(
                "empty-scenario", self.node.title.span, "the scenario does nothing"
            )
        clusters = self.clusters()
        if not self.silent:
            self.check_catches(clusters)
            self.check_time()
            self.check_marks()
            self.check_records()
            self.check_operations()
            self.check_faults()
        own = {each.key for each in self.made.own_clusters}
        mocks = [each.key for each in self.all_needed(clusters) if isinstance(each, m.Mock)]
        troubles = [each for each in self.items if isinstance(each, m.Trouble)]
        self.check_abilities(troubles)
        return self.made.changed(
            clusters=tuple(each.key for each in clusters if each.key not in own),
            mocks=tuple(mocks),
            abilities=tuple(sorted({each.ability for each in troubles if each.ability})),
        )

    def all_needed(self, clusters: list[m.Cluster]) -> list[m.Declaration]:
        keys = [*m.references(self.made), *(each.key for each in clusters)]
        return needed(keys, self.of.names.registry)

    # --- clusters -------------------------------------------------------------------------------

    def clusters(self) -> list[m.Cluster]:
        """Return the clusters that run: all that are named, else the only one there is."""
        found = [each for each in self.needed if isinstance(each, m.Cluster)]
        found += [each for each in self.made.own_clusters if each not in found]
        services = [each for each in self.items if isinstance(each, m.Explore)]
        if found or not (self.calls() or services):
            return found
        known = [symbol for symbol in self.file.visible() if symbol.kind == "cluster"]
        if len(known) == 1 and isinstance(model := known[0].model, m.Cluster):
            return [model]
        if not self.file.incomplete and not self.silent:
            names = ", ".join(f"`{symbol.name}`" for symbol in known)
            self.problems.report(
                "which-cluster",
                self.node.title.span,
                "the scenario does not say on which cluster it happens",
                help=f"there are {names}: name one of them"
                if known
                else "declare one: cluster NAME { nodes 3 of SERVICE }",
            )
        return []

    def calls(self) -> list[m.ClientCall]:
        """Return the calls that need a node to talk to."""
        found = [each for each in self.items if isinstance(each, m.ClientCall)]
        models = [self.of.names.model(call.client.key) for call in found]
        return [
            call
            for call, model in zip(found, models, strict=True)
            if isinstance(model, m.Client) and model.over != "python"
        ]

    def check_abilities(self, troubles: list[m.Trouble]) -> None:
        """Note the fault that leaves no backend for the whole scenario, of those that it allows.

        What a single backend lacks is for `check --on` to say.
        """
        skipped = {name for name, _ in self.made.skip_on}
        allowed = set(BACKENDS).intersection(self.made.only_on or BACKENDS) - skipped
        which = "of this release" if allowed == set(BACKENDS) else "that the scenario runs on"
        able = set(allowed)
        for trouble in troubles:
            if trouble.ability is None:
                continue
            lacking = {name for name in able if trouble.ability not in BACKENDS[name].abilities}
            if lacking and lacking == able:
                form = FAULTS[trouble.name].form
                others = "" if able == allowed else " and the faults before it"
                self.problems.report(
                    "no-backend-can",
                    trouble.span,
                    f"no backend {which} can `{form}`{others}: "
                    f"it needs the ability `{trouble.ability}`",
                    help="the scenario will be skipped",
                    severity=Severity.NOTE,
                )
                return
            able -= lacking

    # --- what it claims -------------------------------------------------------------------------

    def check_catches(self, clusters: list[m.Cluster]) -> None:
        """A planted bug that is caught must be one of the services that run."""
        references = [member.service for each in clusters for member in each.members]
        models = [self.of.names.model(reference.key) for reference in references]
        services = [each for each in models if isinstance(each, m.Service)]
        plants = {plant.name for service in services for plant in service.plants}
        unsure = self.file.incomplete or any(not each.counted for each in clusters)
        if unsure or len(services) < len(references):
            return
        for name in self.body.ids_of("catches"):
            if name.id not in plants:
                self.problems.unknown(
                    "unknown-plant",
                    name.span,
                    f"no service of this scenario has a planted bug `{name.id}`",
                    name.id,
                    sorted(plants),
                    help='a service declares it: plant NAME "what it does wrong"',
                )

    def check_time(self) -> None:
        timeout = self.made.timeout
        lengths = [
            numbers.number_of(each.duration) or 0.0
            for each in self.made.body
            if isinstance(each, m.Run | m.Over | m.Wait)
        ]
        if timeout is not None and sum(lengths) >= timeout > 0:
            node = self.body.setting_line("timeout")
            self.problems.report(
                "timeout-too-short",
                node.span if node else self.node.span,
                f"the scenario takes {sum(lengths):g}s, its timeout is {timeout:g}s",
                help="allow for the start of the nodes and for `eventually` too",
            )

    def check_marks(self) -> None:
        """`between A and B` needs the marks A and B."""
        marks = [each.name for each in self.items if isinstance(each, m.Mark)]
        known = {numbers.value_of(mark) for mark in marks if numbers.known(mark)}
        if any(not numbers.known(mark) for mark in marks):
            return
        for window in self.items:
            if isinstance(window, m.Window) and window.form == "between":
                for name in (window.start, window.end):
                    if name is not None and name not in known:
                        self.problems.unknown(
                            "unknown-mark",
                            window.span,
                            f'nothing sets a mark "{name}"',
                            name,
                            [str(each) for each in known],
                            help=f'set it where the time begins or ends: mark "{name}"',
                        )

    def check_records(self) -> None:
        """A history and its numbers come from workloads and calls: there must be some."""
        if any(
            isinstance(each, m.Run | m.ClientCall | m.Explore | m.PythonCall) for each in self.items
        ):
            return
        for each in self.items:
            recorded = isinstance(each, m.ExpectHistory) or (
                isinstance(each, m.Measure) and each.name not in _UNRECORDED
            )
            if recorded and isinstance(each, m.Item):
                self.problems.report(
                    "nothing-recorded",
                    each.span,
                    "nothing is recorded in this scenario that could be judged",
                    help="run a workload: run WORKLOAD for 30s",
                )

    def check_operations(self) -> None:
        """`latency of write` needs a client that can write."""
        clients = [each for each in self.needed if isinstance(each, m.Client)]
        known = [operation.name for client in clients for operation in client.operations]
        if any(not client.operations for client in clients):
            return
        for each in self.items:
            if isinstance(each, m.Measure) and each.of is not None and each.of not in known:
                self.problems.unknown(
                    "unknown-operation",
                    each.span,
                    f"no client of this scenario has an operation `{each.of}`",
                    each.of,
                    known,
                )

    def check_faults(self) -> None:
        """What is measured against faults needs a fault."""
        if any(isinstance(each, m.Trouble | m.PythonCall) for each in self.items):
            return
        for each in self.items:
            if isinstance(each, m.Measure) and each.name in _FAULT_MEASURES:
                self.no_fault(each, "recovery is measured after each fault")
            elif isinstance(each, m.Window) and each.form in _FAULT_WINDOWS:
                self.no_fault(each, f"`{each.form}` refers to faults")

    def no_fault(self, each: m.Measure | m.Window, why: str) -> None:
        self.problems.report(
            "no-fault", each.span, f"{why}, but the scenario has none", help="add one inside a run"
        )
