"""Entity lists: what forms and staff create, change and resolve, and what phones get of it.

- `lists`: lists, their properties and settings; `declarations`: what a form says about them
- `access`: who reads and changes entities; `filters`: which of them a phone gets
- `rows`: the statements; `branches`: from which state a change was thought
- `submitted`: entities of submissions; `backlog`: those that wait for a predecessor
- `changes`: entities of staff; `upload`: many of them from a file
- `history`: versions, conflicts, differences; `reading`: pages, CSV, integrity
"""
