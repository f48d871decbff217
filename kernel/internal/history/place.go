package history

import (
	"os"
	"path/filepath"
	"runtime"
)

// Variable is the environment variable that says where the history is: a file, or "off" for none.
const Variable = "HARDNEG_HISTORY"

// Place is the user's history file, by the variable or else in the user's data folder; nil where there is to be none.
func Place() (*File, error) {
	switch v := os.Getenv(Variable); v {
	case "off":
		return nil, nil
	case "":
	default:
		path, err := filepath.Abs(v)
		return &File{path}, err
	}
	dir, err := dataFolder()
	if err != nil {
		return nil, err
	}
	return &File{filepath.Join(dir, "hardneg", "history.jsonl")}, nil
}

// dataFolder is where programs keep a user's data.
func dataFolder() (string, error) {
	if runtime.GOOS == "windows" {
		return os.UserCacheDir() // %LocalAppData%, which does not roam
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return d, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}
