package datasets

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sumsFile lists the sha256 of the files that were unpacked, as sha256sum writes and checks them.
const sumsFile = "SHA256SUMS"

// unpackLimit is more than any set unpacks to, in bytes: an archive that holds more is refused.
const unpackLimit = 1 << 30

// unpack writes the files that a tar.gz holds in its folder top to the folder to, each by way of a temporary name.
// A member that is not a plain file or folder, or lies elsewhere, is an error: nothing is written outside of to.
// md5, that of the archive, is noted beside the sums of the files.
func unpack(ctx context.Context, archive, to, top, md5 string) error {
	fail := func(err error) error { return fmt.Errorf("unpack %s: %w", archive, err) }
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fail(err)
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return fail(err)
	}
	defer root.Close()
	const temporary = ".unpacking"
	defer root.Remove(temporary)
	sums := fmt.Sprintf("# unpacked from %s, md5 %s\n", filepath.Base(archive), md5)
	left := int64(unpackLimit)
	for members := tar.NewReader(z); ; {
		m, err := members.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fail(err)
		}
		name, err := memberName(m, top)
		if err != nil {
			return fail(err)
		}
		if name == "" {
			continue
		}
		if left -= m.Size; left < 0 {
			return fail(fmt.Errorf("it holds more than %d bytes", unpackLimit))
		}
		sum, err := writeMember(ctx, root, temporary, members)
		if err != nil {
			return fail(fmt.Errorf("%s: %w", m.Name, err))
		}
		if err := root.Rename(temporary, name); err != nil {
			return fail(err)
		}
		sums += sum + "  " + name + "\n"
	}
	if err := root.WriteFile(temporary, []byte(sums), 0o644); err != nil {
		return fail(err)
	}
	if err := root.Rename(temporary, sumsFile); err != nil {
		return fail(err)
	}
	return nil
}

// memberName is the name below top of a plain file, "" for a folder.
func memberName(m *tar.Header, top string) (string, error) {
	clean := path.Clean(m.Name)
	if strings.Contains(m.Name, `\`) || !filepath.IsLocal(filepath.FromSlash(m.Name)) || clean != top && path.Dir(clean) != top {
		return "", fmt.Errorf("member %q does not lie in %s", m.Name, top)
	}
	switch m.Typeflag {
	case tar.TypeDir:
		return "", nil
	case tar.TypeReg:
		if clean == top {
			return "", fmt.Errorf("member %q is a file, want a folder", m.Name)
		}
		return path.Base(clean), nil
	}
	return "", fmt.Errorf("member %q is neither a plain file nor a folder", m.Name)
}

// writeMember writes a file and returns its sha256 in hexadecimal.
func writeMember(ctx context.Context, root *os.Root, name string, r io.Reader) (sum string, err error) {
	f, err := root.Create(name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		if _, err := io.CopyN(io.MultiWriter(f, h), r, 1<<20); err == io.EOF {
			break
		} else if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), f.Sync()
}
