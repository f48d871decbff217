package datasets

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// client waits for a server's first answer, but not for ever; a whole download may take as long as it needs.
var client = func() *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 60 * time.Second
	return &http.Client{Transport: t}
}()

// fetch downloads address to path, by way of path + ".part", and goes on where an earlier call ended.
func fetch(ctx context.Context, address, path string, d download, progress func(Progress)) error {
	part, err := os.OpenFile(path+".part", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer part.Close()
	sum := md5.New()
	done, err := io.Copy(sum, io.LimitReader(part, d.size+1))
	if err != nil {
		return fmt.Errorf("read what there is of %s: %w", path, err)
	}
	if done > d.size { // not of this file
		if done, err = restart(part, sum); err != nil {
			return err
		}
	}
	if done < d.size {
		done, err = transfer(ctx, address, part, sum, done, d, progress)
	}
	if err == nil {
		err = part.Sync()
	}
	if err != nil {
		return fmt.Errorf("%s: %d of %d bytes are in %s.part, the next call goes on from there: %w", address, done, d.size, path, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != d.md5 {
		part.Close()
		return errors.Join(fmt.Errorf("%s: the md5 of the %d bytes that arrived is %s, want %s: they are removed, the next call begins anew",
			address, done, got, d.md5), os.Remove(path+".part"))
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func restart(part *os.File, sum hash.Hash) (int64, error) {
	sum.Reset()
	if _, err := part.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return 0, part.Truncate(0)
}

// transfer appends what the server sends to part, which has done bytes, until it has d.size.
func transfer(ctx context.Context, address string, part *os.File, sum hash.Hash, done int64, d download, progress func(Progress)) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return done, err
	}
	req.Header.Set("User-Agent", "hardneg")
	req.Header.Set("Accept-Encoding", "identity") // the md5 is that of the file as it is stored
	if done > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", done))
	}
	res, err := client.Do(req)
	if err != nil {
		return done, err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusPartialContent && strings.HasPrefix(res.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", done)):
	case res.StatusCode == http.StatusOK: // the whole file, whether asked or not
		if done > 0 {
			if done, err = restart(part, sum); err != nil {
				return done, err
			}
		}
	default:
		return done, fmt.Errorf("the server answers %s (Content-Range %q)", res.Status, res.Header.Get("Content-Range"))
	}
	if res.ContentLength >= 0 && done+res.ContentLength != d.size {
		return done, fmt.Errorf("the server has %d bytes (%s), want %d", done+res.ContentLength, res.Header.Get("Content-Type"), d.size)
	}
	return pour(ctx, part, sum, res.Body, done, d.size, func(done int64) { progress(Progress{address, done, d.size}) })
}

// pour copies body to part and sum until part has size bytes.
func pour(ctx context.Context, part io.Writer, sum hash.Hash, body io.Reader, done, size int64, progress func(done int64)) (int64, error) {
	buf := make([]byte, 1<<16)
	var shown time.Time
	for {
		n, err := body.Read(buf)
		if int64(n) > size-done {
			return done, fmt.Errorf("the server sends more than %d bytes", size)
		}
		if n > 0 {
			wrote, err := part.Write(buf[:n])
			sum.Write(buf[:wrote])
			done += int64(wrote)
			if err != nil {
				return done, err
			}
		}
		if now := time.Now(); err != nil || now.Sub(shown) > 100*time.Millisecond {
			shown = now
			progress(done)
		}
		switch {
		case err == io.EOF && done == size:
			return done, nil
		case err == io.EOF:
			return done, io.ErrUnexpectedEOF
		case err != nil:
			return done, err
		case ctx.Err() != nil:
			return done, ctx.Err()
		}
	}
}
