[(file) (fault_declaration) (scenario) (block) (operation)] @local.scope

(let . (name) @local.definition.var)
(parameters (name) @local.definition.parameter)
(cluster . (name) @local.definition.type)
(service . (name) @local.definition.type)
(client . (name) @local.definition.type)
(mock . (name) @local.definition.type)
(machine . (name) @local.definition.type)
(workload . (name) @local.definition.type)
(fault_declaration . (name) @local.definition.function)
(operation . (name) @local.definition.method)
(use (name) @local.definition.import)

(name) @local.reference
