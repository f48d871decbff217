package notebook

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Parameters change a notebook's settings for one run, as papermill does: a cell tagged "parameters" declares them with
// their usual values, and a cell is put after it that assigns the others.
type Parameters map[string]string

var declared = regexp.MustCompile("(?m)^[ \t]*(?:var[ \t]+)?([\\pL_][\\pL\\pN_]*)(?:[ \t]+string)?[ \t]*:?=[ \t]*([\"`]?)")

const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// set puts the parameters into the notebook.
func (n *Notebook) set(p Parameters) error {
	if len(p) == 0 {
		return nil
	}
	at := -1
	texts := map[string]bool{} // the parameters of the tagged cell: is it a string?
	for i := 0; i < len(n.cells); i++ {
		c := n.cells[i]
		if c.HasTag(injectedTag) { // of an earlier run
			n.cells = append(n.cells[:i:i], n.cells[i+1:]...)
			i--
			continue
		}
		if at < 0 && c.Code() && c.HasTag(parametersTag) {
			at = i
			for _, m := range declared.FindAllStringSubmatch(c.Source(), -1) {
				texts[m[1]] = m[2] != ""
			}
		}
	}
	if at < 0 {
		return fmt.Errorf("the notebook has no code cell with the tag %q, so it takes no parameters", parametersTag)
	}
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names)
	var given []string
	for name := range p {
		if _, ok := texts[name]; !ok {
			return suggest.Unknown("parameter", name, names)
		}
		given = append(given, name)
	}
	sort.Strings(given)
	var b strings.Builder
	b.WriteString("// parameters of this run")
	for _, name := range given {
		value := p[name]
		if texts[name] && !quoted(value) {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(&b, "\n%s = %s", name, value)
	}
	ids := map[string]bool{}
	for _, c := range n.cells {
		ids[c.fields["id"].(string)] = true
	}
	n.insert(at+1, &Cell{object{
		"cell_type": "code", "id": newID(ids, at+1, b.String()), "execution_count": nil, "outputs": []any{},
		"metadata": object{"tags": []any{injectedTag}}, "source": b.String(),
	}})
	return nil
}

func quoted(s string) bool {
	_, err := strconv.Unquote(s)
	return err == nil && len(s) > 1 && (s[0] == '"' || s[0] == '`')
}
