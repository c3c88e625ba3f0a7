package fetch

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// addPack puts a pack into a repository: under another name while it is received, then its index, then the pack itself,
// without which the index counts for nothing. It gives the pack's name, without its ending; empty for one without objects, and
// for one that is there already.
func (s *store) addPack(folder string, receive func(readWriter) (*pack, error)) (name string, received *pack, err error) {
	var number [8]byte
	_, _ = rand.Read(number[:]) // it never fails
	temporary := folder + "/" + packFolder + "/" + incoming + hex.EncodeToString(number[:])
	file, err := s.root.OpenFile(temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", nil, localFailure(err)
	}
	defer func() {
		_ = file.Close()             // where it counts it was closed before
		_ = s.root.Remove(temporary) // where it counts it has another name by now
	}()
	received, err = receive(file)
	if err != nil || len(received.entries) == 0 {
		return "", received, err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return "", nil, localFailure(err)
	}
	name = "pack-" + received.sum.String()
	if _, err := s.root.Lstat(folder + "/" + packFolder + "/" + name + ".pack"); err == nil {
		return "", received, nil // what is kept may be made of it
	}
	if err := s.addIndex(temporary+".idx", folder+"/"+packFolder+"/"+name+".idx", received); err != nil {
		return "", nil, err
	}
	if err := s.root.Rename(temporary, folder+"/"+packFolder+"/"+name+".pack"); err != nil {
		return "", nil, localFailure(err)
	}
	s.sync(folder + "/" + packFolder)
	return name, received, nil
}

func (s *store) addIndex(temporary, name string, received *pack) error {
	file, err := s.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return localFailure(err)
	}
	if err = errors.Join(received.writeIndex(file), file.Sync(), file.Close()); err == nil {
		err = s.root.Rename(temporary, name)
	}
	if err != nil {
		_ = s.root.Remove(temporary) // the next fetch sweeps it otherwise
		return localFailure(err)
	}
	return nil
}

// removePack takes out a pack that turned out not to be usable: the pack first, without which its index counts for nothing.
func (s *store) removePack(folder, name string) {
	if name != "" {
		_ = s.root.Remove(folder + "/" + packFolder + "/" + name + ".pack") // one too many does no harm
		_ = s.root.Remove(folder + "/" + packFolder + "/" + name + ".idx")
	}
}

// isCutShort says that an answer ended before its end.
func isCutShort(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) }
