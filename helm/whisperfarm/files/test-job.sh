# Transcribe a sample on the farm. The transcript must have words.
sample=$(python3 -c 'from whisperfarm_demo import samples_dir; print(samples_dir() / "support-call.wav")')
out=$(mktemp -d)
whisper-remote "$sample" --model "$PRESET" --no_cache --output_dir "$out" --output_format json
python3 - "$out/support-call.json" <<'END'
import json
import sys

transcript = json.load(open(sys.argv[1], encoding="utf-8"))
words = len(transcript["text"].split())
print(f'{transcript["duration"]:.1f} s of audio, {words} words')
sys.exit(0 if words else "the transcript has no words")
END
