package datasets

// files describes a set that is read from files: how it is laid out on disk, and where it comes from.
type files struct {
	name    string   // as in Names
	folders []string // its folder's name in the official layout, and in other programs'
	names   []string // the files in that folder, the training part's first
	train   int      // how many of names are the training part's
	images  [2]int   // of the training and of the test part
	gzipped bool     // a file may also be there as name.gz
	side    int      // height and width of an image in pixels
	classes []string
	read    func(f *files, dir string, part int) (*Memory, error)

	address   string // of the folder or page that the downloads are below
	downloads []download
	md5       map[string]string // md5 published for a file, by its name
	sha256    map[string]string // sha256 of a file's decompressed bytes
}

// download is one file to fetch.
type download struct {
	file   string // its name below files.address
	size   int64  // in bytes
	md5    string
	unpack bool // a tar.gz whose members lie in folders[0]; otherwise the file itself belongs there
}

func (f *files) bytes() (n int64) {
	for _, d := range f.downloads {
		n += d.size
	}
	return n
}

// The addresses, sizes and sums are those that the sets' authors publish (the CIFAR page of A. Krizhevsky, the
// Fashion-MNIST repository of Zalando Research). The sha256 of Fashion-MNIST are of what those files hold,
// since Debian's package compresses it anew.
var (
	cifar10Files = &files{
		name: "cifar10", folders: []string{"cifar-10-batches-bin"}, side: 32, images: [2]int{50000, 10000}, train: 5,
		names:   []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"},
		classes: cifar10Classes, read: readCIFAR10, address: "https://www.cs.toronto.edu/~kriz/",
		downloads: []download{{"cifar-10-binary.tar.gz", 170052171, "c32a1d4ab5d03f1284b67883e8d87530", true}},
		md5: map[string]string{
			"data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25", "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
			"data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421", "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
			"data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d", "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
		},
	}
	cifar100Files = &files{
		name: "cifar100", folders: []string{"cifar-100-binary"}, side: 32, images: [2]int{50000, 10000}, train: 1,
		names: []string{"train.bin", "test.bin"}, classes: cifar100Fine, read: readCIFAR100, address: "https://www.cs.toronto.edu/~kriz/",
		downloads: []download{{"cifar-100-binary.tar.gz", 168513733, "03b5dce01913d631647c71ecec9e9cb8", true}},
	}
	fashionFiles = &files{
		name: "fashion-mnist", folders: []string{"fashion-mnist", "FashionMNIST/raw"}, side: 28, images: [2]int{60000, 10000}, train: 2,
		names:   []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
		gzipped: true, classes: fashionClasses, read: readFashion,
		address: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		downloads: []download{
			{"train-images-idx3-ubyte.gz", 26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d", false},
			{"train-labels-idx1-ubyte.gz", 29515, "25c81989df183df01b3e8a0aad5dffbe", false},
			{"t10k-images-idx3-ubyte.gz", 4422102, "bef4ecab320f06d8554ea6380940ec79", false},
			{"t10k-labels-idx1-ubyte.gz", 5148, "bb300cfdad3c16e7a12a480ee83cd310", false},
		},
		md5: map[string]string{
			"train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d", "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
			"t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79", "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
		},
		sha256: map[string]string{
			"train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
			"train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
			"t10k-images-idx3-ubyte":  "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
			"t10k-labels-idx1-ubyte":  "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
		},
	}
)

// filesOf is the description of the set with that name, or nil for one that is computed or unknown.
func filesOf(name string) *files {
	switch name {
	case "cifar10":
		return cifar10Files
	case "cifar100", "cifar100-coarse":
		return cifar100Files
	case "fashion-mnist":
		return fashionFiles
	}
	return nil
}
