package eval

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
)

var cryptoFunctions = []Function{
	{
		Name: "md5", Kind: cryptographic, Syntax: "md5(text)", params: "s", gives: mayField,
		Help:     "The MD5 hash in lower-case hex.",
		Examples: []Example{{`md5("")`, "d41d8cd98f00b204e9800998ecf8427e"}},
		bind:     textOf1(func(s string) Value { h := md5.Sum([]byte(s)); return Text(hex.EncodeToString(h[:])) }),
	},
	{
		Name: "sha1", Kind: cryptographic, Syntax: "sha1(text)", params: "s", gives: mayField,
		Help:     "The SHA-1 hash in lower-case hex.",
		Examples: []Example{{`sha1("abc")`, "a9993e364706816aba3e25717850c26c9cd0d89d"}},
		bind:     textOf1(func(s string) Value { h := sha1.Sum([]byte(s)); return Text(hex.EncodeToString(h[:])) }),
	},
	{
		Name: "sha256", Kind: cryptographic, Syntax: "sha256(text)", params: "s", gives: mayField,
		Help:     "The SHA-256 hash in lower-case hex.",
		Examples: []Example{{`substr(sha256("abc"), 1, 8)`, "ba7816bf"}},
		bind:     textOf1(func(s string) Value { h := sha256.Sum256([]byte(s)); return Text(hex.EncodeToString(h[:])) }),
	},
	{
		Name: "sha512", Kind: cryptographic, Syntax: "sha512(text)", params: "s", gives: mayField,
		Help:     "The SHA-512 hash in lower-case hex.",
		Examples: []Example{{`substr(sha512("abc"), 1, 8)`, "ddaf35a1"}},
		bind:     textOf1(func(s string) Value { h := sha512.Sum512([]byte(s)); return Text(hex.EncodeToString(h[:])) }),
	},
}
