package datasets

import (
	"bytes"
	"fmt"
	"io"
)

// FileError says where a file of a set is not what it should be.
type FileError struct {
	Set     string // "cifar10"
	Path    string
	Offset  int64 // of the first byte that is wrong or missing, after decompression
	Problem string
	Err     error // what the system or a decompressor said; may be nil
}

func (e *FileError) Error() string {
	s := fmt.Sprintf("%s: %s, offset %d: %s", e.Set, e.Path, e.Offset, e.Problem)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s + fmt.Sprintf("; move the file away and get a good one with `hardneg data get %s`", e.Set)
}

func (e *FileError) Unwrap() error { return e.Err }

// atEnd is what is wrong with the end of a file that has been read: "" if it is where it should be. Reading up to it
// makes a decompressor verify its checksum.
func atEnd(r io.Reader) (problem string, err error) {
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		return "the file goes on", nil
	case err != io.EOF:
		return "the file cannot be read to its end", err
	}
	return "", nil
}

// kindOf guesses what a file that is not what it should be is, from its first bytes: "" or ", this is ...".
func kindOf(head []byte) string {
	for _, k := range []struct{ magic, kind string }{
		{"\x1f\x8b", "a gzip file"},
		{"PK\x03\x04", "a zip archive"},
		{"version https://git-lfs", "a Git LFS pointer, not the file itself"},
		{"\x80\x02", "a Python pickle: the binary version of the set is needed"},
		{"\x80\x03", "a Python pickle: the binary version of the set is needed"},
		{"\x93NUMPY", "a NumPy array"},
		{"<!DOCTYPE", "a web page, perhaps a server's answer"},
		{"<html", "a web page, perhaps a server's answer"},
		{"<?xml", "an XML document, perhaps a server's answer"},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return ", this looks like " + k.kind
		}
	}
	return ""
}
