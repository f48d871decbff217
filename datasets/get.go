package datasets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hardneg/hardneg/lib/suggest"
)

// Progress says how far a download is.
type Progress struct {
	Address     string
	Done, Total int64 // in bytes; Done begins with what an earlier call had got
}

var errLocked = errors.New("another download into this folder is under way: wait for it or stop it")

// Get downloads a set into dir, which Open then finds if it is given as Options.Dir; dir "" is CacheFolder, where
// Open looks by itself. Nothing is downloaded if the folder has the set already, whole and well formed.
//
// A file arrives as NAME.part and has its own name only once its length and md5 are those published. What has
// arrived stays when ctx ends, the connection breaks or the disk is full; the next call goes on from there. progress,
// which may be nil, is called now and then, by the goroutine that called Get.
func Get(ctx context.Context, name, dir string, progress func(Progress)) error {
	f := filesOf(name)
	switch {
	case name == "taxa":
		return errors.New("taxa is computed, there is nothing to download")
	case f == nil:
		return suggest.Unknown("data set", name, Names())
	}
	if dir == "" {
		cache, err := CacheFolder()
		if err != nil {
			return err
		}
		dir = cache
	}
	if progress == nil {
		progress = func(Progress) {}
	}
	if err := f.get(ctx, dir, progress); err != nil {
		return fmt.Errorf("get %s: %w", f.name, err)
	}
	return nil
}

func (f *files) get(ctx context.Context, dir string, progress func(Progress)) error {
	folder := filepath.Join(dir, f.folders[0])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	unlock, err := lockFile(filepath.Join(dir, "."+f.name+".lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if f.whole(folder) {
		return nil
	}
	for _, d := range f.downloads {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.getOne(ctx, dir, folder, d, progress); err != nil {
			return err
		}
	}
	if missing, err := f.missing(folder); err != nil || len(missing) > 0 {
		return errors.Join(err, &IncompleteError{f.name, folder, missing})
	}
	return nil
}

// getOne downloads one file, or takes the one that is there if its md5 is right, and unpacks it.
func (f *files) getOne(ctx context.Context, dir, folder string, d download, progress func(Progress)) error {
	path := filepath.Join(folder, d.file)
	if d.unpack {
		path = filepath.Join(dir, d.file)
	}
	if sum, size, err := md5File(path); err != nil || sum != d.md5 || size != d.size {
		if err := fetch(ctx, f.address+d.file, path, d, progress); err != nil {
			return err
		}
	}
	if !d.unpack {
		return nil
	}
	if err := unpack(ctx, path, folder, f.folders[0], d.md5); err != nil {
		return err
	}
	return os.Remove(path)
}

// whole is whether folder has all files of the set and each can be read.
func (f *files) whole(folder string) bool {
	if missing, err := f.missing(folder); err != nil || len(missing) > 0 {
		return false
	}
	for part := range partNames {
		if _, err := f.read(f, folder, part); err != nil {
			return false
		}
	}
	return true
}
