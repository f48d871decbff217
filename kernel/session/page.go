package session

import (
	"regexp"
	"strings"
)

// question is a cell that is no Go but asks what a name is, as IPython's users are used to: fmt.Println? or ?fmt.Println
var question = regexp.MustCompile(`^\?*([\pL_][\pL\pN_]*(?:\.[\pL_][\pL\pN_]*)*)\?*$`)

// Page is the answer to such a cell, which front ends show in a pager, or under the cell; ok tells whether it is one.
func (s *Session) Page(code string) (text string, ok bool) {
	code = strings.TrimSpace(code)
	m := question.FindStringSubmatch(code)
	if m == nil || m[1] == code {
		return "", false
	}
	name := m[1]
	if text = s.in.Inspect(name, len(name)); text == "" {
		text = name + " is not known: no cell has declared it, and no package is linked that has it"
	}
	return text, true
}
