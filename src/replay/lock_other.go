//go:build !unix && !windows

package replay

import "os"

// lock only makes the file: there is no lock here that ends with the process.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, cannotWrite(path, err)
	}
	return f, nil
}
