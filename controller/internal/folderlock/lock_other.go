//go:build !unix || solaris || aix

package folderlock

import "os"

func try(*os.File) error { return ErrUnsupported }
