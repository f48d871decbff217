package interp

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"reflect"
	"strings"
	"time"

	"github.com/cosmos72/gomacro/fast"
	"github.com/cosmos72/gomacro/xreflect"
	"github.com/hardneg/hardneg/kernel/interp/stop"
)

// methodName is the built-in around the method of a call, `method(x.Get)(url)`, for names in standsIn: it gives what
// stands in for the method if x is of the type, and the method as it is otherwise.
const methodName = "method·stoppable"

// standsIn are the methods of compiled types that wait without end or end the process, and what is called in their place:
// a function that takes the receiver and returns one of the method's type.
var standsIn = map[string]map[reflect.Type]stand{}

type stand struct {
	is   reflect.Type // of the method
	make func(receiver any) any
}

func method[T any, F any](name string, f func(*T) F) {
	if standsIn[name] == nil {
		standsIn[name] = map[reflect.Type]stand{}
	}
	standsIn[name][reflect.TypeFor[*T]()] = stand{reflect.TypeFor[F](), func(p any) any { return f(p.(*T)) }}
}

// valueMethod is method for one whose receiver is a value.
func valueMethod[T any, F any](name string, f func(T) F) {
	if standsIn[name] == nil {
		standsIn[name] = map[reflect.Type]stand{}
	}
	standsIn[name][reflect.TypeFor[T]()] = stand{reflect.TypeFor[F](), func(v any) any { return f(v.(T)) }}
}

func init() {
	type client = http.Client
	type answer = func(string) (*http.Response, error)
	method("Get", func(c *client) answer {
		return func(u string) (*http.Response, error) { return ask(c, "GET", u, "", nil) }
	})
	method("Head", func(c *client) answer {
		return func(u string) (*http.Response, error) { return ask(c, "HEAD", u, "", nil) }
	})
	method("Post", func(c *client) func(u, kind string, body io.Reader) (*http.Response, error) {
		return func(u, kind string, body io.Reader) (*http.Response, error) { return ask(c, "POST", u, kind, body) }
	})
	method("PostForm", func(c *client) func(u string, form url.Values) (*http.Response, error) {
		return func(u string, form url.Values) (*http.Response, error) {
			return ask(c, "POST", u, formType, encoded(form))
		}
	})
	method("Do", func(c *client) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) { return do(c, r) }
	})
	method("ListenAndServe", func(s *http.Server) func() error { return func() error { return serve(s) } })
	method("Wait", func(c *exec.Cmd) func() error { return func() error { return wait(c) } })
	method("Encode", func(w *json.Encoder) func(any) error {
		return func(v any) error { return imaged(v, w.Encode) }
	})
	method("Decode", func(r *json.Decoder) func(any) error { return func(v any) error { return decodeNext(r, v) } })
	method("Fatal", func(l *log.Logger) func(...any) { return func(v ...any) { fatal(l, fmt.Sprint(v...)) } })
	method("Fatalln", func(l *log.Logger) func(...any) { return func(v ...any) { fatal(l, fmt.Sprintln(v...)) } })
	method("Fatalf", func(l *log.Logger) func(string, ...any) {
		return func(f string, v ...any) { fatal(l, fmt.Sprintf(f, v...)) }
	})
}

// overrideWaits puts in functions whose waits an interrupt ends.
func (in *Interp) overrideWaits() {
	in.Bind("net/http", "Get", func(u string) (*http.Response, error) { return ask(http.DefaultClient, "GET", u, "", nil) })
	in.Bind("net/http", "Head", func(u string) (*http.Response, error) { return ask(http.DefaultClient, "HEAD", u, "", nil) })
	in.Bind("net/http", "Post", func(u, kind string, body io.Reader) (*http.Response, error) {
		return ask(http.DefaultClient, "POST", u, kind, body)
	})
	in.Bind("net/http", "PostForm", func(u string, form url.Values) (*http.Response, error) {
		return ask(http.DefaultClient, "POST", u, formType, encoded(form))
	})
	in.Bind("io", "Pipe", pipe)
	in.Bind("net/http", "ListenAndServe", func(addr string, h http.Handler) error {
		return serve(&http.Server{Addr: addr, Handler: h})
	})
	in.Bind("net", "Dial", func(network, addr string) (net.Conn, error) {
		return new(net.Dialer).DialContext(stop.Context(), network, addr)
	})
	in.Bind("net", "DialTimeout", func(network, addr string, d time.Duration) (net.Conn, error) {
		return (&net.Dialer{Timeout: d}).DialContext(stop.Context(), network, addr)
	})
	in.Bind("os/exec", "Command", func(name string, arg ...string) *exec.Cmd { return command(stop.Context(), name, arg...) })
	in.Bind("os/exec", "CommandContext", func(ctx context.Context, name string, arg ...string) *exec.Cmd {
		return command(joined(ctx), name, arg...)
	})
}

const formType = "application/x-www-form-urlencoded"

func encoded(form url.Values) io.Reader { return strings.NewReader(form.Encode()) }

// joined ends with ctx, and when the calling goroutine's cell is interrupted.
func joined(ctx context.Context) context.Context {
	both, cancel := context.WithCancelCause(ctx)
	turn := stop.Context()
	context.AfterFunc(turn, func() { cancel(context.Cause(turn)) })
	return both
}

// ask makes a request that ends when the cell is interrupted, the reading of the answer's body too.
func ask(c *http.Client, method, url, kind string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(stop.Context(), method, url, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return c.Do(r)
}

func do(c *http.Client, r *http.Request) (*http.Response, error) {
	if r == nil {
		return c.Do(r)
	}
	return c.Do(r.WithContext(joined(r.Context())))
}

// serve serves until the cell is interrupted.
func serve(s *http.Server) error {
	defer context.AfterFunc(stop.Context(), func() { s.Close() })()
	return s.ListenAndServe()
}

// command is a process that ends with ctx, and what it has started with it.
func command(ctx context.Context, name string, arg ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, arg...)
	c.Cancel = func() error {
		c.WaitDelay = 50 * time.Millisecond // for a grandchild that holds the pipes open all the same
		return kill(c.Process)
	}
	return c
}

// wait waits for a process, also one that an earlier cell has started.
func wait(c *exec.Cmd) error {
	if c.Process != nil {
		defer context.AfterFunc(stop.Context(), func() { kill(c.Process) })()
	}
	return c.Wait()
}

// standIn writes the call of a method whose name is in standsIn with the built-in.
func standIn(n *ast.CallExpr) {
	if sel, ok := n.Fun.(*ast.SelectorExpr); ok && standsIn[sel.Sel.Name] != nil {
		n.Fun = call(methodName, sel)
	}
}

func compileMethod(c *fast.Comp, sym fast.Symbol, node *ast.CallExpr) *fast.Call {
	sel := node.Args[0].(*ast.SelectorExpr)
	asItIs := func() *fast.Call {
		f := c.Expr1(sel, nil)
		g := f.AsX1()
		f = &fast.Expr{Lit: fast.Lit{Type: f.Type}, Fun: g}
		return unary(c, sym, f, f.Type, func(v xreflect.Value) xreflect.Value { return v })
	}
	if id, ok := sel.X.(*ast.Ident); ok {
		if s := c.TryResolve(id.Name); s == nil || s.Type == nil || s.Type.ReflectType() == reflect.TypeFor[*fast.Import]() {
			return asItIs()
		}
	}
	x := c.Expr1(sel.X, nil)
	if x.Type == nil {
		return asItIs()
	}
	which := standsIn[sel.Sel.Name]
	if t := x.Type.ReflectType(); t.Kind() == reflect.Struct && which[reflect.PointerTo(t)].make != nil {
		x = c.Expr1(&ast.UnaryExpr{OpPos: sel.Pos(), Op: token.AND, X: sel.X}, nil)
	}
	s, ok := which[x.Type.ReflectType()]
	if !ok {
		return asItIs()
	}
	return unary(c, sym, x, c.Universe.FromReflectType(s.is), func(p xreflect.Value) xreflect.Value {
		return xreflect.ValueOf(s.make(p.Interface()))
	})
}
