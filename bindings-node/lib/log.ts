/** One line of a client's log, secrets removed. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warning' | (string & {})
  readonly service: string
  /** Id of the operation, where there is one. */
  readonly operation: string | null
  /** For a person. */
  readonly message: string
}
