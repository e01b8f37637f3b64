"""Entity lists: what forms and staff create, change and resolve, and what phones get of it.

- `lists`: lists, their properties and settings; `declarations`: what a form says about them;
  `usage`: which forms use them; `actor_values`: what app users carry for their rules
- `access`: who reads and changes entities; `filters`: which of them a phone gets
- `rows`, `many_rows`: the statements; `branches`: from which state a change was thought
- `blocks`: what a submission says; `apply_block`: what that does; `bearers`: what is noted of it;
  `submitted`: all of it in order; `backlog`: what waits for a predecessor
- `changes`: entities of staff; `upload`: many of them from a file
- `history`: versions, conflicts, differences; `reading`: CSV, rows of phones, integrity
"""
