package interp

import (
	"bytes"
	"encoding/xml"
	"go/types"
)

// Package xml names an element by its type, which by reflection a cell's has no name. overrideXML gives it.

func (in *Interp) overrideXML() {
	in.Bind("encoding/xml", "Marshal", func(v any) ([]byte, error) { return marshalXML(v, "", "") })
	in.Bind("encoding/xml", "MarshalIndent", marshalXML)
}

func init() {
	method("Encode", func(w *xml.Encoder) func(any) error { return func(v any) error { return encodeXML(w, v) } })
}

func marshalXML(v any, prefix, indent string) ([]byte, error) {
	var b bytes.Buffer
	w := xml.NewEncoder(&b)
	w.Indent(prefix, indent)
	if err := encodeXML(w, v); err != nil {
		return nil, err
	}
	return b.Bytes(), w.Close()
}

func encodeXML(w *xml.Encoder, v any) error {
	o, ok := open(v).(Object)
	if !ok {
		return w.Encode(v)
	}
	t := o.T.Type
	if p, pointer := t.Underlying().(*types.Pointer); pointer {
		t = p.Elem()
	}
	if s, list := t.Underlying().(*types.Slice); list {
		t = s.Elem()
	}
	named, _ := types.Unalias(t).(*types.Named)
	if named == nil || hasField(named, "XMLName") {
		return w.Encode(o.V)
	}
	if err := w.EncodeElement(o.V, xml.StartElement{Name: xml.Name{Local: named.Obj().Name()}}); err != nil {
		return err
	}
	return w.Flush()
}

func hasField(t *types.Named, name string) bool {
	s, ok := t.Underlying().(*types.Struct)
	for i := 0; ok && i < s.NumFields(); i++ {
		if s.Field(i).Name() == name {
			return true
		}
	}
	return false
}
