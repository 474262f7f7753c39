/** How long a run is believed to be executed without a sign of life from its process. */
export const LEASE_MS = 15_000;
/** How often a process extends the leases of its runs. */
export const LEASE_EXTENSION_MS = 5_000;
/** How often a process asks whether somebody cancelled one of its runs elsewhere (F64: within 2 s). */
export const CANCEL_POLL_MS = 1_000;
/** How often runs are looked for whose process went silent. */
export const LOST_RUNS_MS = 5_000;
