"""From stored values to what a page shows: numbers, answers, intervals. Reads, never decides."""
