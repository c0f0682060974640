package vigie

import "syscall"

// room returns the bytes that a program may still write on the volume of path,
// and the size of the volume.
func room(path string) (free, total int64, err error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0, 0, err
	}
	block := int64(st.Bsize) // 32 bits wide on some machines
	return int64(st.Bavail) * block, int64(st.Blocks) * block, nil
}
