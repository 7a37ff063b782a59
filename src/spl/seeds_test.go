package spl

import (
	"testing"
)

func seeds(t testing.TB) []string {
	return []string{"a=1 OR b=2 | stats count AS n, dc(eval(if(a=\"b\",f,NULL))) by x _time span=1h | head (x<3)",
		"| tstats `m` count from datamodel=X.Y where (a.b=\"*\\\\X\" NOT c IN (1, \"b*\")) by _time span=1h a.b",
		"| eval {k}=v, 'a b'=-1.5e3 . \"x\\\"\" + (a and not b xor c like \"%\") | sort 5 -a, num(b) d | regex f!=\"x\" | rex field=a \"(?<b>\\d+)\"",
		"| lookup t a AS b c OUTPUTNEW d AS e | join type=left k [search x | fields - a*] | foreach * [eval <<FIELD>>='<<FIELD>>'+1]",
		"| chart limit=5 count over a by b where max(x) in top5 | return 5 a=b $c | rename a AS b, \"c d\" TO e | convert ctime(*x) as y*",
		"| transaction a startswith=(x=1) endswith=eval(y>2) | from datamodel:X.Y | custom foo | timechart span=1h sparkline(avg(x),1h) p95(y) by z",
	}
}
