"""What riskscore does in output=rows for one risk object, as a command of
splunk-sdk-python: the measure of the benchmark and of the row by row comparison.
Arguments: impact confidence message risk_object_field risk_object_type."""

import re
import sys

from splunklib.searchcommands import Configuration, Option, StreamingCommand, dispatch, validators


@Configuration(required_fields=["*"])
class RiskScoreCommand(StreamingCommand):
    impact = Option(require=True, validate=validators.Integer(0, 100))
    confidence = Option(require=True, validate=validators.Integer(0, 100))
    message = Option(require=True)
    risk_object_field = Option(require=True, validate=validators.Fieldname())
    risk_object_type = Option(require=True)

    def stream(self, records):
        score = self.impact * self.confidence / 100
        if score == int(score):
            score = int(score)
        token = re.compile(r"\$([^$]+)\$")

        for record in records:
            def value(match):
                v = record.get(match.group(1)) or "unknown"
                return ", ".join(v) if isinstance(v, list) else v

            self.add_field(record, "risk_object", record[self.risk_object_field])
            self.add_field(record, "risk_object_type", self.risk_object_type)
            self.add_field(record, "risk_score", score)
            self.add_field(record, "risk_message", token.sub(value, self.message))
            yield record


dispatch(RiskScoreCommand, sys.argv, sys.stdin, sys.stdout, __name__)
