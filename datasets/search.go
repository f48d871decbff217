package datasets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// systemFolders are where a system's packages put data sets.
var systemFolders = []string{"/usr/local/share/datasets", "/usr/share/datasets"}

// CacheFolder is where Get puts a set if no folder is given: hardneg in the user's cache.
func CacheFolder() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for data sets: %w: name one", err)
	}
	return filepath.Join(cache, "hardneg"), nil
}

// roots are the folders to search, in order: dir, those in HARDNEG_DATA (separated as in PATH), the user's cache,
// the system's.
func roots(dir string) []string {
	var list []string
	if dir != "" {
		list = append(list, dir)
	}
	for _, p := range filepath.SplitList(os.Getenv("HARDNEG_DATA")) {
		if p != "" {
			list = append(list, p)
		}
	}
	if cache, err := CacheFolder(); err == nil {
		list = append(list, cache)
	}
	return append(list, systemFolders...)
}

// NotFoundError says that a set is in none of the places where it was looked for.
type NotFoundError struct {
	Set       string
	Tried     []string // each folder, with what was there instead
	Downloads []string // address, size and md5 of each file
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("data set %s is not here. Looked in:\n  %s\nIt is published as:\n  %s\nGet it with `hardneg data get %s`, or name its folder.",
		e.Set, strings.Join(e.Tried, "\n  "), strings.Join(e.Downloads, "\n  "), e.Set)
}

// Is makes errors.Is(err, fs.ErrNotExist) true.
func (e *NotFoundError) Is(target error) bool { return target == fs.ErrNotExist }

// IncompleteError says that a folder holds some files of a set but not all.
type IncompleteError struct {
	Set, Folder string
	Missing     []string
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("data set %s: %s lacks %s; complete it with `hardneg data get %s`", e.Set, e.Folder, strings.Join(e.Missing, ", "), e.Set)
}

// find is the first folder that holds all files of f. A folder that has the set's own name and only some of its
// files ends the search with an IncompleteError: another copy might be another version.
func (f *files) find(dir string) (string, error) {
	missed := &NotFoundError{Set: f.name}
	for _, root := range roots(dir) {
		for _, below := range append(append([]string(nil), f.folders...), ".") {
			folder := filepath.Join(root, filepath.FromSlash(below))
			missing, err := f.missing(folder)
			switch {
			case err != nil:
				return "", fmt.Errorf("data set %s: %w", f.name, err)
			case len(missing) == 0:
				return folder, nil
			case len(missing) < len(f.names) && (below != "." || filepath.Base(folder) == f.folders[0]):
				return "", &IncompleteError{f.name, folder, missing}
			}
			missed.Tried = append(missed.Tried, folder+whatIsThere(folder, below == ".", f))
		}
	}
	for _, d := range f.downloads {
		missed.Downloads = append(missed.Downloads, fmt.Sprintf("%s (%d bytes, md5 %s)", f.address+d.file, d.size, d.md5))
	}
	return "", missed
}

// missing is which files of f a folder lacks.
func (f *files) missing(folder string) (missing []string, err error) {
	for _, name := range f.names {
		path, err := f.path(folder, name)
		if err != nil {
			return nil, err
		}
		if path == "" {
			missing = append(missing, name)
		}
	}
	return missing, nil
}

// path is where the file name is in folder, as it is or compressed; "" if it is not there. A folder that
// may not be read is an error: what is in it is not known.
func (f *files) path(folder, name string) (string, error) {
	names := []string{name}
	if f.gzipped {
		names = append(names, name+".gz")
	}
	for _, n := range names {
		path := filepath.Join(folder, n)
		switch info, err := os.Stat(path); {
		case err == nil && info.Mode().IsRegular():
			return path, nil
		case errors.Is(err, fs.ErrPermission):
			return "", err
		}
	}
	return "", nil
}

// whatIsThere explains why a folder without the set may look as if it had it.
func whatIsThere(folder string, root bool, f *files) string {
	info, err := os.Stat(folder)
	switch {
	case err != nil:
		return " (does not exist)"
	case !info.IsDir():
		return " (is a file, not a folder)"
	case !root:
		return " (has none of its files)"
	}
	for _, d := range f.downloads {
		if d.unpack {
			if _, err := os.Stat(filepath.Join(folder, d.file)); err == nil {
				return " (has " + d.file + ", which is to be unpacked)"
			}
		}
	}
	if _, err := os.Stat(filepath.Join(folder, strings.TrimSuffix(f.folders[0], "bin")+"py")); err == nil {
		return " (has the Python version, the binary one is needed)"
	}
	return " (has none of its files)"
}
