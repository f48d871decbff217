package datasets

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tarGz is an archive of the members given as name, content, ...; content "->x" makes a link to x.
func tarGz(t *testing.T, members ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for i := 0; i < len(members); i += 2 {
		h := &tar.Header{Name: members[i], Mode: 0o644, Typeflag: tar.TypeReg, Size: int64(len(members[i+1]))}
		link, isLink := strings.CutPrefix(members[i+1], "->")
		switch {
		case strings.HasSuffix(members[i], "/"):
			h.Typeflag, h.Mode = tar.TypeDir, 0o755
		case isLink:
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, link, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			io.WriteString(w, members[i+1])
		}
	}
	w.Close()
	z.Close()
	return out.Bytes()
}

func TestUnpackStaysInItsFolder(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"../evil", "x", "does not lie in top"},
		{"top/../../evil", "x", "does not lie in top"},
		{"/evil", "x", "does not lie in top"},
		{"evil", "x", "does not lie in top"},
		{"top/below/evil", "x", "does not lie in top"},
		{`top/..\evil`, "x", "does not lie in top"},
		{"top/link", "->/etc/passwd", "neither a plain file nor a folder"},
		{"top", "x", "is a file, want a folder"},
	} {
		dir := t.TempDir()
		to := filepath.Join(dir, "to")
		os.Mkdir(to, 0o755)
		archive := filepath.Join(dir, "a.tar.gz")
		os.WriteFile(archive, tarGz(t, "top/", "", "top/good", "fine", c.name, c.content), 0o644)
		err := unpack(context.Background(), archive, to, "top", "md5")
		wantError(t, err, archive, c.want)
		if entries, _ := os.ReadDir(dir); len(entries) != 2 {
			t.Errorf("%s: %v", c.name, entries)
		}
		if entries, _ := os.ReadDir(to); len(entries) != 1 {
			t.Errorf("%s: %v", c.name, entries)
		}
	}
	// A link that is there already is not written through.
	dir := t.TempDir()
	to, outside := filepath.Join(dir, "to"), filepath.Join(dir, "outside")
	os.Mkdir(to, 0o755)
	if err := os.Symlink(outside, filepath.Join(to, "good")); err != nil {
		t.Skip(err)
	}
	archive := filepath.Join(dir, "a.tar.gz")
	os.WriteFile(archive, tarGz(t, "top/good", "fine"), 0o644)
	if err := unpack(context.Background(), archive, to, "top", "md5"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(outside); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("written through a link: %v", err)
	}
}

func TestUnpackNoticesDamage(t *testing.T) {
	dir := t.TempDir()
	whole := tarGz(t, "top/good", strings.Repeat("fine", 1000))
	for name, b := range map[string][]byte{"short": whole[:len(whole)-30], "foreign": []byte("PK\x03\x04"), "empty": nil} {
		archive := filepath.Join(dir, name)
		os.WriteFile(archive, b, 0o644)
		to := filepath.Join(dir, "to-"+name)
		os.Mkdir(to, 0o755)
		if err := unpack(context.Background(), archive, to, "top", "md5"); err == nil {
			t.Errorf("%s: no error", name)
		}
		if entries, _ := os.ReadDir(to); len(entries) != 0 {
			t.Errorf("%s: left behind %v", name, entries)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("top/good"), []byte("x"))
	f.Add([]byte("top/../x"), []byte("x"))
	f.Add([]byte("top/."), []byte("x"))
	f.Fuzz(func(t *testing.T, name, content []byte) {
		if len(name) == 0 || len(name) > 90 || bytes.IndexByte(name, 0) >= 0 || bytes.HasSuffix(name, []byte("/")) {
			return
		}
		dir := t.TempDir()
		to := filepath.Join(dir, "to")
		os.Mkdir(to, 0o755)
		archive := filepath.Join(dir, "a.tar.gz")
		os.WriteFile(archive, tarGz(t, string(name), string(content)), 0o644)
		unpack(context.Background(), archive, to, "top", "md5")
		if entries, _ := os.ReadDir(dir); len(entries) != 2 {
			t.Fatalf("%q wrote %v", name, entries)
		}
	})
}
