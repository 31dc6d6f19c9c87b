[
  (plan_header) (service) (cluster) (client) (workload) (mock) (machine)
  (scenario) (block) (cases) (record) (list) (text)
] @fold
