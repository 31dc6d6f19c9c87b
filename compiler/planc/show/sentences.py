"""A plan in plain sentences: a paragraph for each scenario, as one engineer would tell another.

Every number and every name is the plan's own; where the language already reads as English, its own
words are used. Nothing is left out but addresses and how calls are written.
"""

from __future__ import annotations

from planc import model as m
from planc.show.statements import Statements
from planc.show.words import Words, listed, seconds


def explain(plan: m.Plan, words: Words) -> str:
    """Return a plan as Markdown."""
    return _Telling(plan, words).plan_text()


class _Telling(Statements):
    def plan_text(self) -> str:
        plan = self.plan
        parts = [f"# {plan.title}", ""]
        if plan.about:
            parts += [plan.about, ""]
        parts += [self.header(), ""]
        if surroundings := self.surroundings():
            parts += [surroundings, ""]
        if faults := self.faults():
            parts += ["Its own faults:", "", *faults, ""]
        for each in plan.scenarios:
            parts += [f"## {each.name}", "", self.scenario(each), ""]
        return "\n".join(parts)

    def header(self) -> str:
        plan = self.plan
        owner = f" Owner: {plan.owner}." if plan.owner else ""
        number = len(plan.scenarios)
        tests = f"{number} scenario{'s' * (number != 1)}"
        return f"This plan has {tests}; a failure would be of {plan.severity} severity.{owner}"

    # --- what there is --------------------------------------------------------------------------

    def surroundings(self) -> str:
        """Tell of clusters, load and stand-ins, which all scenarios share."""
        told: list[str] = []
        for each in self.plan.declarations:
            match each:
                case m.Cluster():
                    told.append(self.cluster(each))
                case m.Workload():
                    told.append(self.workload(each))
                case m.Mock():
                    told.append(f"The mock `{each.name}` stands in for a service.")
        return " ".join(told)

    def faults(self) -> list[str]:
        """Tell once what each declared fault is made of."""
        told = []
        for each in self.plan.declarations:
            if isinstance(each, m.Fault):
                name = each.name.replace("_", " ")
                of = f" of {listed(list(each.parameters))}" if each.parameters else ""
                told.append(f"- *{name}*{of}: {self.block(each.body)}")
        return told

    def cluster(self, cluster: m.Cluster) -> str:
        members = []
        for each in cluster.members:
            count = self.text(each.count)
            where = f" in zone {each.zone}" if each.zone else ""
            spare = "spare " if each.spare else ""
            noun = "node" if count == "1" else "nodes"
            members.append(f"{count} {spare}{noun} of `{each.service.name}`{where}")
        told = f"The cluster `{cluster.name}` has {listed(members)}"
        if cluster.links is not None:
            links = cluster.links
            jitter = f" give or take {seconds(links.jitter)}" if links.jitter else ""
            loss = f" and loses {links.loss * 100:.6g}% of the packets" if links.loss else ""
            told += f"; its network takes {seconds(links.delay)}{jitter}{loss} also on good days"
        return f"{told}."

    def workload(self, load: m.Workload) -> str:
        clients = self.text(load.clients) if load.clients else "one"
        noun = "client" if clients in ("1", "one") else "clients"
        who = f"`{load.name}` is {clients} {noun} of `{load.cluster.name}`"
        if load.rate is None:
            pace = "each of which waits for its answer before it asks again"
        elif load.rate.end is None:
            pace = f"asking at {self.text(load.rate.start)} whether or not answers come"
        else:
            pace = (f"asking at {self.text(load.rate.start)}, rising to "
                    f"{self.text(load.rate.end)}, whether or not answers come")  # fmt: skip
        mix = [f"{share * 100:.6g}% {name}" for name, share in load.mix]
        return f"{who}, {pace}{': ' + listed(mix) if mix else ''}."

    # --- scenarios ------------------------------------------------------------------------------

    def scenario(self, scene: m.Scenario) -> str:
        told = [*self.conditions(scene), *self.statements(scene.body), *self.claims(scene)]
        return " ".join(told)

    def conditions(self, scene: m.Scenario) -> list[str]:
        told = []
        if scene.cases is not None:
            rows = len(scene.cases.rows)
            columns = listed([f"`{each}`" for each in scene.cases.columns])
            told.append(f"Once for each of the {rows} rows of a table of {columns}:")
        for loop in scene.loops:
            told.append(f"For each `{loop.name}` of {self.text(loop.values)}:")
        for own in scene.own_clusters:
            told.append(self.cluster(own))
        if scene.only_on:
            told.append(f"This runs only on {listed(list(scene.only_on))}.")
        for backend, reason in scene.skip_on:
            told.append(f"It is skipped on {backend}{f': {reason}' if reason else ''}.")
        return told

    def claims(self, scene: m.Scenario) -> list[str]:
        told = []
        if scene.timeout is not None:
            told.append(f"All of it must be done within {seconds(scene.timeout)}.")
        if scene.covers:
            told.append(f"This covers {listed(list(scene.covers))}.")
        if scene.catches:
            plants = {plant.name: plant.sentence for each in self.declared.values()
                      if isinstance(each, m.Service) for plant in each.plants}  # fmt: skip
            bugs = [f"`{each}` ({plants[each]})" if each in plants else f"`{each}`"
                    for each in scene.catches]  # fmt: skip
            told.append(f"It would catch a system with the bug {listed(bugs, 'or')}.")
        return told
