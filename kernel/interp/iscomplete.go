package interp

import (
	"strings"

	"github.com/cosmos72/gomacro/go/etoken"
)

// The answers of IsComplete, as a console needs them.
const (
	Complete   = "complete"
	Incomplete = "incomplete"
	Invalid    = "invalid"
)

// IsComplete tells whether a console should run code or ask for another line, and how far to indent that line.
func IsComplete(code string) (status, indent string) {
	c := split([]byte(code))
	switch {
	case c.shut >= 0:
		return Invalid, ""
	case c.open >= 0:
		return Incomplete, strings.Repeat("\t", c.depth)
	case c.text:
		if strings.Count(code, "`")%2 == 1 || strings.LastIndex(code, "/*") > strings.LastIndex(code, "*/") {
			return Incomplete, ""
		}
		return Invalid, ""
	}
	if _, err := parse(etoken.NewFileSet(), "", code); err != nil {
		if e, ok := err.(*Error); ok && strings.HasSuffix(e.Value, ending) {
			return Incomplete, ""
		}
		return Invalid, ""
	}
	return Complete, ""
}
