// Package suggest finds the name that was probably meant.
package suggest

import (
	"fmt"
	"strings"
)

// Nearest returns the name with the smallest edit distance to got, letter case ignored; where none is within half of
// got's length (at least two), the first that contains got, if it has three letters or more; or "".
func Nearest(got string, names []string) string {
	got = strings.ToLower(got)
	best, limit := "", max(2, len(got)/2)
	for _, name := range names {
		if d := distance(got, strings.ToLower(name)); d <= limit {
			best, limit = name, d-1
		}
	}
	if best != "" || len(got) < 3 {
		return best
	}
	for _, name := range names {
		if strings.Contains(strings.ToLower(name), got) {
			return name
		}
	}
	return ""
}

// Close returns the name that differs from got by a letter, by two if it has five or more, or only in their case; or "".
func Close(got string, names []string) string {
	got = strings.ToLower(got)
	best, limit := "", 1
	if len(got) > 4 {
		limit = 2
	}
	for _, name := range names {
		if d := distance(got, strings.ToLower(name)); d <= limit && (len(got) > 2 || d == 0) {
			best, limit = name, d-1
		}
	}
	return best
}

// Unknown is the error for a name that is not among names: it gives the nearest one and all of them.
func Unknown(kind, got string, names []string) error {
	if near := Nearest(got, names); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %q? (there are %s)", kind, got, near, strings.Join(names, ", "))
	}
	return fmt.Errorf("unknown %s %q: there are %s", kind, got, strings.Join(names, ", "))
}

// distance is the number of letters to insert, delete or replace that turns a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
