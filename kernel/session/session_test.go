package session

import (
	"context"
	"fmt"
	"strings"
	"testing"

	_ "github.com/hardneg/hardneg/kernel/bindings"
	"github.com/hardneg/hardneg/kernel/display"
	"github.com/hardneg/hardneg/kernel/interp"
)

// record writes what it gets as text.
type record struct{ b strings.Builder }

func (r *record) Stream(name, text string) { fmt.Fprintf(&r.b, "%s:%s", name, text) }
func (r *record) Clear(wait bool)          { fmt.Fprintf(&r.b, "clear %v\n", wait) }
func (r *record) Display(d display.Data, update bool) {
	fmt.Fprintf(&r.b, "display %v %v\n", d.Data[display.MIMETypeText], update)
}

func run(t *testing.T, s *Session, code string) string {
	t.Helper()
	var r record
	d, e := s.Execute(context.Background(), interp.Cell{Code: code, Number: 1}, &r)
	if e != nil {
		fmt.Fprintf(&r.b, "error %s", strings.Join(e.Traceback(), "\n"))
	}
	if d != nil {
		fmt.Fprintf(&r.b, "result %v", d.Data[display.MIMETypeText])
		for _, m := range []string{display.MIMETypeSVG, display.MIMETypeHTML, display.MIMETypePNG} {
			if d.Data[m] != nil {
				r.b.WriteString(" " + m)
			}
		}
	}
	return r.b.String()
}

func open(t *testing.T) *Session {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestCellsShowAndPrint(t *testing.T) {
	s := open(t)
	for _, c := range []struct{ code, want string }{
		{"import \"fmt\"\nfmt.Println(\"a\")", "stdout:a\n"},
		{"fmt.Print(1)\nDisplay(display.HTML(\"<b>\"))\nfmt.Print(2)\n3", "stdout:1display <b> false\nstdout:2result 3"},
		{"h := display.Show(\"x\")\nh.Update(\"y\")", "display x false\ndisplay y true\n"},
		{"display.Clear(true)", "clear true\n"},
		{"import \"os\"\nfmt.Fprintln(os.Stderr, \"e\")", "stderr:e\n"},
		{"import (\"gonum.org/v1/plot\"; \"gonum.org/v1/plot/plotter\")\np := plot.New()\np.Title.Text = \"T\"\nl, _ := plotter.NewLine(plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 3}})\np.Add(l)\np", "result figure: T image/svg+xml"},
		{"import (\"github.com/go-gota/gota/dataframe\"; \"github.com/go-gota/gota/series\")\ndf := dataframe.New(series.New([]int{1, 2}, series.Int, \"n\"))\ndf.Nrow()", "result 2"},
		{"import (\"image\")\n[]image.Image{image.NewGray(image.Rect(0, 0, 4, 4))}", "result 1 images in 1 rows image/png"},
		{"type W struct{ n int }\nfunc (w W) HTML() string { return fmt.Sprint(\"<i>\", w.n) }\nW{5}", "result {5} text/html"},
		{"type R struct{}\nfunc (r R) Render() display.Data { return display.HTML(\"r\") }\nR{}", "result {} text/html"},
		{"type S struct{ n int }\nfunc (s S) String() string { return \"S!\" }\nS{5}", "result S!"},
		{"type E struct{}\nfunc (e E) Error() string { return \"bad\" }\nE{}", "result error: bad"},
		{"import \"errors\"\nerrors.New(\"no\")", "result error: no"},
		{"1, 2", "result 1 2"},
		{"import \"gonum.org/v1/plot/vg/draw\"\ntype Ranged struct{ x, y float64 }\nfunc (c Ranged) Plot(draw.Canvas, *plot.Plot) {}\nfunc (c Ranged) DataRange() (xmin, xmax, ymin, ymax float64) { return c.x - 1, c.x + 1, c.y - 1, c.y + 1 }\npr := plot.New()\npr.Add(Ranged{3, 4})\npr.X.Min, pr.X.Max, pr.Y.Max", "result 2 4 5"},
		{"import \"gonum.org/v1/plot/plotutil\"\ntype Pts [][2]float64\nfunc (p Pts) Len() int { return len(p) }\nfunc (p Pts) XY(i int) (float64, float64) { return p[i][0], p[i][1] }\nplotutil.AddLinePoints(pr, \"B\", Pts{{1, 1}, {2, 9}})\npr.Y.Max", "result 9"},
		{"import \"io\"\ntype closer struct{ closed *bool }\nfunc (c closer) Read(p []byte) (int, error) { return 0, io.EOF }\nfunc (c closer) Close() error { *c.closed = true; return nil }\nwasClosed := false\nvar rd io.Reader = closer{&wasClosed}\nrd.(io.Closer).Close()\nwasClosed", "result true"},
		{"func two() (int, string) { return 1, \"b\" }\ntwo()", "result 1 b"},
		{"import \"nowhere/at/all\"", "error import"},
		{"done := make(chan bool)\ngo func() { defer close(done); panic(\"inside\") }()\n<-done\nimport \"time\"\ntime.Sleep(20 * time.Millisecond)", "stderr:panic in a goroutine: inside\n  cell [1], line 2\n      go func() { defer close(done); panic(\"inside\") }()\n                                     ^\n"},
		{"x := 0\nready := make(chan bool)\ngo func(n int) { x = n; ready <- true }(7)\n<-ready\nx", "result 7"},
		{"type Op int\nfunc (o Op) String() string { return \"op\" }\nfmt.Print(Op(1))", "stdout:op"},
		{"os.Exit(3)", "error panic: os.Exit(3) would end the kernel, so it ends the cell\n  cell [1], line 1\n      os.Exit(3)\n      ^"},
		{"import \"log\"\nlog.SetFlags(0)\nlog.Fatal(\"x\")", "stderr:x\nerror panic: log.Fatal would end the kernel, so it ends the cell\n  cell [1], line 3\n      log.Fatal(\"x\")\n      ^"},
		{"import \"io\"\npr, pw, _ := os.Pipe()\nold := os.Stdout\nos.Stdout = pw\nfmt.Print(\"a\"); fmt.Printf(\"%d\", 1); fmt.Fprint(os.Stdout, \"b\"); fmt.Println()\npw.Close()\n" +
			"os.Stdout = old\ncaught, _ := io.ReadAll(pr)\nfmt.Printf(\"%q\", caught)", "stdout:\"a1b\\n\""},
		{"\"after\"", "result after"},
	} {
		got := run(t, s, c.code)
		if got != c.want && !(strings.HasSuffix(c.want, "import") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%s\n got: %q\nwant: %q", c.code, got, c.want)
		}
	}
}
