package interp

import (
	"fmt"
	"io"
	"log"
	"strconv"
	"strings"
)

// overrideVerbs has the functions that print for cells name the types of cells.
func (in *Interp) overrideVerbs() {
	in.Bind("fmt", "Printf", func(f string, a ...any) (int, error) { f, a = Typed(f, a); return fmt.Printf(f, a...) })
	in.Bind("fmt", "Sprintf", func(f string, a ...any) string { f, a = Typed(f, a); return fmt.Sprintf(f, a...) })
	in.Bind("fmt", "Errorf", func(f string, a ...any) error { f, a = Typed(f, a); return fmt.Errorf(f, a...) })
	in.Bind("fmt", "Fprintf", func(w io.Writer, f string, a ...any) (int, error) { f, a = Typed(f, a); return fmt.Fprintf(w, f, a...) })
	in.Bind("fmt", "Appendf", func(b []byte, f string, a ...any) []byte { f, a = Typed(f, a); return fmt.Appendf(b, f, a...) })
	in.Bind("log", "Printf", func(f string, a ...any) { f, a = Typed(f, a); log.Output(2, fmt.Sprintf(f, a...)) })
}

// Typed writes %T in a format as %s, with the name of its argument's type: package fmt would name the representation. The
// functions that print for cells call it first.
func Typed(format string, args []any) (string, []any) {
	if !strings.Contains(format, "T") {
		return format, args
	}
	return typed(format, args)
}

// typed finds the arguments of all %T; each becomes one more argument, and every verb then says which it has.
func typed(format string, args []any) (string, []any) {
	var out strings.Builder
	all := args[:len(args):len(args)]
	arg, found := 0, false
	for i := 0; i < len(format); {
		if format[i] != '%' {
			out.WriteByte(format[i])
			i++
			continue
		}
		out.WriteByte('%')
		i++
		explicit := func() { // [n]
			end := strings.IndexByte(format[i:], ']')
			if i < len(format) && format[i] == '[' && end > 0 {
				if n, err := strconv.Atoi(format[i+1 : i+end]); err == nil {
					arg, i = n-1, i+end+1
				}
			}
		}
		number := func() {
			explicit()
			if i < len(format) && format[i] == '*' {
				fmt.Fprintf(&out, "[%d]*", arg+1)
				arg++
				i++
				return
			}
			for ; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
				out.WriteByte(format[i])
			}
		}
		for ; i < len(format) && strings.IndexByte("+-# 0", format[i]) >= 0; i++ {
			out.WriteByte(format[i])
		}
		number()
		if i < len(format) && format[i] == '.' {
			out.WriteByte('.')
			i++
			number()
		}
		explicit()
		if i >= len(format) {
			break
		}
		switch format[i] {
		case '%':
			out.WriteByte('%')
			i++
			continue
		case 'T':
			if arg < 0 || arg >= len(args) { // package fmt says what is wrong
				return format, args
			}
			found = true
			all = append(all, dynamicType(args[arg]))
			fmt.Fprintf(&out, "[%d]s", len(all))
			i++
		default:
			if arg < 0 || arg >= len(args) {
				return format, args
			}
			fmt.Fprintf(&out, "[%d]", arg+1)
			verb := []rune(format[i:])[0]
			out.WriteRune(verb)
			i += len(string(verb))
		}
		arg++
	}
	if !found || arg < len(args) { // the second has fmt complain of extra arguments, which it does not where verbs say theirs
		return format, args
	}
	return out.String(), all
}

func dynamicType(x any) string {
	if o, ok := open(x).(Object); ok {
		return typeText(o.T.Type)
	}
	return fmt.Sprintf("%T", x)
}
