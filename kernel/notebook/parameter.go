package notebook

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Parameters change a notebook's settings for one run, as papermill does: a cell tagged "parameters" declares them with
// their usual values, and a cell is put after it that assigns the others.
type Parameters map[string]string

const (
	parametersTag = "parameters"
	injectedTag   = "injected-parameters"
)

// ErrParameter is the error of a parameter that the notebook does not take.
var ErrParameter = errors.New("wrong parameter")

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
			declared(c.Source(), texts)
		}
	}
	if at < 0 {
		return fmt.Errorf("%w: the notebook has no code cell with the tag %q, so it takes none", ErrParameter, parametersTag)
	}
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	sort.Strings(names)
	var given []string
	for name := range p {
		if _, ok := texts[name]; !ok {
			return fmt.Errorf("%w: %w", ErrParameter, suggest.Unknown("parameter", name, names))
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

// notInside are the lines that cannot stand in a function.
var notInside = regexp.MustCompile(`(?m)^[ \t]*(package[ \t]+\w+|import[ \t]+([\w.]+[ \t]+)?"[^"\n]*"|import[ \t]*\([^)]*\))`)

// declared finds the variables that a cell declares, outside functions, and which of them are strings. Of a cell that is
// no Go it finds none.
func declared(source string, isText map[string]bool) {
	body := notInside.ReplaceAllString(source, "")
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+body+"\n}", parser.SkipObjectResolution)
	if err != nil || len(file.Decls) != 1 {
		return
	}
	add := func(name, kind, value ast.Expr) {
		id, ok := name.(*ast.Ident)
		if !ok || id.Name == "_" {
			return
		}
		lit, literal := value.(*ast.BasicLit)
		t, named := kind.(*ast.Ident)
		isText[id.Name] = named && t.Name == "string" || kind == nil && literal && lit.Kind == token.STRING
	}
	at := func(values []ast.Expr, i, names int) ast.Expr {
		if len(values) == names {
			return values[i]
		}
		return nil
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for i, name := range s.Lhs {
				if s.Tok == token.DEFINE {
					add(name, nil, at(s.Rhs, i, len(s.Lhs)))
				}
			}
		case *ast.DeclStmt:
			g, ok := s.Decl.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					add(name, v.Type, at(v.Values, i, len(v.Names)))
				}
			}
		}
	}
}

func quoted(s string) bool {
	_, err := strconv.Unquote(s)
	return err == nil && len(s) > 1 && (s[0] == '"' || s[0] == '`')
}
