// Package notebook reads, runs and writes Jupyter notebooks (nbformat 4.5) without Jupyter.
//
// A notebook is kept as the JSON that it is, so that fields which this package does not know survive.
package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/hardneg/hardneg/lib/atomicfile"
)

// Notebook is a document of cells.
type Notebook struct {
	doc   object
	cells []*Cell
}

type object = map[string]any

// Cell is a cell of a notebook.
type Cell struct{ fields object }

// Read reads the notebook at path.
func Read(path string) (*Notebook, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the notebook: %w", err)
	}
	n, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read the notebook %s: %w", path, err)
	}
	return n, nil
}

// Parse reads a notebook. Notebooks of nbformat 4.0 to 4.4 become 4.5: their cells get ids.
func Parse(b []byte) (*Notebook, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber() // numbers keep their digits
	var doc object
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more after the notebook's end")
	}
	if major := fmt.Sprint(doc["nbformat"]); major != "4" {
		return nil, fmt.Errorf("nbformat is %s, want 4: convert it with `jupyter nbconvert --to notebook`", major)
	}
	list, ok := doc["cells"].([]any)
	if !ok {
		return nil, errors.New("it has no list of cells")
	}
	n := &Notebook{doc: doc}
	ids := map[string]bool{}
	for i, c := range list {
		fields, ok := c.(object)
		if !ok {
			return nil, fmt.Errorf("cell %d is no object", i)
		}
		cell := &Cell{fields}
		if !cell.Code() && cell.kind() != "markdown" && cell.kind() != "raw" {
			return nil, fmt.Errorf("cell %d has type %q, want code, markdown or raw", i, cell.kind())
		}
		id, ok := fields["id"].(string)
		if !ok || ids[id] || !validID.MatchString(id) {
			id = newID(ids, i, cell.Source())
			fields["id"] = id
		}
		ids[id] = true
		sub(fields, "metadata")
		n.cells = append(n.cells, cell)
	}
	minor, _ := doc["nbformat_minor"].(json.Number)
	if m, err := minor.Int64(); err != nil || m < 5 {
		doc["nbformat_minor"] = json.Number("5")
	}
	return n, nil
}

// validID is what nbformat 4.5 takes for a cell's id.
var validID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// newID makes the id of a cell from its place and text, so that the same notebook gets the same ids.
func newID(taken map[string]bool, i int, source string) string {
	for salt := 0; ; salt++ {
		sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %s", salt, i, source))
		if id := fmt.Sprintf("%x", sum[:4]); !taken[id] {
			return id
		}
	}
}

// Cells are the notebook's cells in order.
func (n *Notebook) Cells() []*Cell { return n.cells }

// insert puts a cell before place i.
func (n *Notebook) insert(i int, c *Cell) {
	n.cells = append(n.cells[:i:i], append([]*Cell{c}, n.cells[i:]...)...)
}

// metadata is the document's, made where there is none.
func (n *Notebook) metadata() object { return sub(n.doc, "metadata") }

func sub(of object, name string) object {
	m, ok := of[name].(object)
	if !ok {
		m = object{}
		of[name] = m
	}
	return m
}

// Bytes is the notebook as Jupyter writes it: keys sorted, one space of indentation, long texts as lists of lines.
func (n *Notebook) Bytes() ([]byte, error) {
	cells := make([]any, len(n.cells))
	for i, c := range n.cells {
		cells[i] = c.split()
	}
	doc := object{}
	for k, v := range n.doc {
		doc[k] = v
	}
	doc["cells"] = cells
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(doc); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Write writes the notebook to path, whole or not at all.
func (n *Notebook) Write(path string) error {
	b, err := n.Bytes()
	if err != nil {
		return fmt.Errorf("write the notebook %s: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

func (c *Cell) kind() string { s, _ := c.fields["cell_type"].(string); return s }

// Code tells whether it is a code cell.
func (c *Cell) Code() bool { return c.kind() == "code" }

// Source is the cell's text.
func (c *Cell) Source() string { return joined(c.fields["source"]) }

// HasTag tells whether a tag is in the cell's metadata.
func (c *Cell) HasTag(tag string) bool {
	m, _ := c.fields["metadata"].(object)
	list, _ := m["tags"].([]any)
	for _, t := range list {
		if t == tag {
			return true
		}
	}
	return false
}

// joined is a text that may be stored as a list of lines.
func joined(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var b strings.Builder
		for _, line := range v {
			s, _ := line.(string)
			b.WriteString(s)
		}
		return b.String()
	}
	return ""
}

// lines is a text as nbformat stores it.
func lines(s string) []any {
	out := []any{}
	for len(s) > 0 {
		i := strings.IndexByte(s, '\n') + 1
		if i == 0 {
			i = len(s)
		}
		out = append(out, s[:i])
		s = s[i:]
	}
	return out
}

// split is the cell with its texts as lists of lines.
func (c *Cell) split() object {
	out := object{}
	for k, v := range c.fields {
		out[k] = v
	}
	out["source"] = lines(c.Source())
	if outputs, ok := c.fields["outputs"].([]any); ok {
		list := make([]any, len(outputs))
		for i, o := range outputs {
			list[i] = splitOutput(o)
		}
		out["outputs"] = list
	}
	return out
}

func splitOutput(o any) any {
	fields, ok := o.(object)
	if !ok {
		return o
	}
	out := object{}
	for k, v := range fields {
		out[k] = v
	}
	if s, ok := out["text"].(string); ok {
		out["text"] = lines(s)
	}
	if data, ok := out["data"].(object); ok {
		d := object{}
		for mime, v := range data {
			d[mime] = v
			if s, ok := v.(string); ok && (strings.HasPrefix(mime, "text/") || mime == "image/svg+xml" || mime == "application/javascript") {
				d[mime] = lines(s)
			}
		}
		out["data"] = d
	}
	return out
}
