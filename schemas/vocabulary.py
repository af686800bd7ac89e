"""The closed vocabulary of the dataset: every term a column may hold, in one place.

A new term is one line here, with the page that needs it named in a comment. A term that a page uses
and this file does not know is an error at that line of the reader, never a default. Vendors, their products and plans are
no terms: they are what the vendors' folders say (src/sandsnap/vendors/).
"""

# The tables of the contract, in their published order; schemas/contract.py says what is in them.
TABLE_NAMES = (
    "prices", "allowances", "isolation", "cold_starts", "gpus", "persistence", "limits", "sdks", "self_hosting",
    "positioning", "regions", "notices", "plans", "sizes", "billing_rules", "multipliers",
)  # fmt: skip

# In order of trust. second_hand: another publisher read it on a page that nobody has captured.
BASES = ("read", "quoted", "judged", "second_hand")
UNCAPTURED = ("judged", "second_hand")  # nothing of the page to cite
DENIED = "denied"  # of a claim, never of a fact: the page says that there is none

METERS = (
    "vcpu",
    "core",  # a physical core: two vCPU
    "memory",
    "storage",
    "snapshot_storage",
    "volume",
    "egress",
    "gpu",
    "instance",  # a named size
    "creation",
    "session",
    "plan_fee",
    "addon",
)
PRICE_UNITS = (
    "vcpu_second",
    "vcpu_hour",
    "core_second",
    "gib_second",
    "gib_hour",
    "gib_month",
    "gb_second",
    "gb_hour",
    "gb_month",
    "gb",
    "gib",  # modal.com/pricing: egress per GiB
    "gpu_second",
    "gpu_hour",
    "instance_second",
    "instance_hour",
    "instance_month",
    "session",
    "million",
    "month",
)
# What a price is: everything but the list price holds on terms of its own.
OFFERS = ("list", "spot", "reserved", "promotional", "annual")
BILLED_ON = ("provisioned", "active", "max_of_request_and_use")

ALLOWANCES = (
    "credit",
    "vcpu_time",
    "vm_time",
    "memory_time",
    "storage",
    "snapshot_storage",
    "storage_time",
    "transfer",
    "creations",
    "concurrent",
    "trial",
)
PERIODS = ("once", "day", "month", "lifetime", "session", "at_once")
ALLOWANCE_UNITS = ("usd", "vcpu_hour", "vm_hour", "gib_hour", "gb_hour", "gib", "gb", "count", "day")

TECHNOLOGIES = ("firecracker", "gvisor", "sysbox", "kvm", "microvm", "container", "hypervisor")
BOUNDARIES = ("microvm", "vm", "user_space_kernel", "container")

OPERATIONS = ("create", "resume", "restart", "boot", "fork", "snapshot")
STATISTICS = ("typical", "max", "p50", "p95", "p99")
CLAIMED_BY = ("vendor", "third_party")

MODES = ("sequential", "staggered", "burst")  # of a measurement: one at a time, some time apart, all at once
MEASURED_STATISTICS = ("p50", "p95", "p99", "success")
MEASURED_UNITS = ("ms", "share")

GPU_STATUSES = ("available", "preview", "ending", "ended", "not_offered")
REGION_STATUSES = ("available", "preview", "ending", "ended")

MECHANISMS = (
    "pause_resume",
    "auto_pause",
    "filesystem_snapshot",
    "directory_snapshot",
    "memory_snapshot",
    "auto_snapshot",
    "volume",
    "fork",
    "standby",
    "archive",  # docs.blaxel.ai/Sandboxes/Archive: the files kept, the sandbox shut down
    "session_state",
    "checkpoint",
)
PRESERVES = ("filesystem", "memory", "filesystem_and_memory", "process")

LIMITS = (
    "session_max",
    "session_default",
    "idle_timeout",
    "lifetime_max",  # a deletion by age
    "auto_archive_default",
    "auto_archive_max",
    "auto_delete_default",
    "concurrent",
    "creation_rate",
    "vcpu_rate",  # vercel.com/docs/sandbox/pricing: vCPUs that new sandboxes may take in a minute
    "vcpu_max",  # of one sandbox, like the next two
    "memory_max",
    "disk_max",
    "vcpu_pool",  # of the whole account, like the next two
    "memory_pool",
    "disk_pool",
    "ports_max",
    "egress_connections",
)
LIMIT_UNITS = ("second", "minute", "hour", "day", "count", "per_second", "per_minute", "gib", "gb")

INTERFACES = ("python", "typescript", "go", "ruby", "java", "rust", "php", "rest", "cli", "mcp")

OFFERINGS = ("core", "byoc", "sdk")
HOSTING_STATUSES = ("supported", "beta", "frozen", "ended", "none")

FITS = ("purpose_built", "primitive", "general")

NOTICE_KINDS = (
    "end_of_life",
    "price_change",
    "licence_change",
    "repository_frozen",
    "acquisition",
    "policy_change",
    "beta",  # what the vendor says is in beta: e2b.dev/docs/sandbox/persistence until 2026-03
    "availability",  # or offers to all, where no other table has a word for it: e2b.dev/docs/byoc since 2026-03
    "preview",  # or open to some customers only: docs.blaxel.ai/Sandboxes/Volumes until 2026-01
)
UNFINISHED = ("beta", "preview")
NOTICE_STATUSES = ("announced", "effective", "withdrawn")

# Terms of plans that mean the same at every vendor; all others are a vendor's own, and stand in its folder.
PLAN_TERMS = ("any", "enterprise", "free_trial")
PLAN_KINDS = ("free", "pay_as_you_go", "paid", "custom", "trial")
SIZE_UNITS = ("gib", "gb", "mb", "mib")  # fly.io/docs/about/pricing: 256MB
BILLING_RULES = (
    "increment",  # the smallest unit of time that is billed; begun ones are whole
    "minimum",  # of one run
    "idle_billed",
    "standby_billed",
    "stopped_billed",
    "memory_per_vcpu",  # a fixed or smallest ratio
    "vcpu_step",
    "gigabyte",  # how many MB (or bytes) the vendor means: 1024 mb is a GiB
    "month",  # how many hours the vendor counts
    "included_with",  # a meter contained in another, as CPU in memory
    "credit_from_fee",  # the plan's fee is usable as credit
)
RULE_UNITS = (
    "second",
    "minute",
    "hour",
    "gib",
    "gb",
    "mb",
    "vcpu",
    "byte",
    "usd",
    "memory",
    "instance",
    "session",  # what includes a meter: memory, instance, session
)

SNAKE = r"^[a-z0-9]+(_[a-z0-9]+)*$"
SKU = r"^(-|[a-z0-9][a-z0-9.+-]*)$"
CONDITION = r"^(region:[a-z0-9][a-z0-9-]*|non_preemptible|reserved_1y|spot)$"
