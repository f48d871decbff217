// Package house holds the checks that the whole repository must pass: which room may import which, formatting,
// linting on every platform, one source of versions. It has tests alone.
package house
