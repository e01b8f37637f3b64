"""The pages, one module a subject. Views read, and call one function per change."""
