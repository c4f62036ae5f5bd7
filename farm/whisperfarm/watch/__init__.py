"""`whisperfarm watch`: transcribes the recordings that appear in a folder.

- `folders`: whether the folders are available
- `scan`, `stability`, `wav_header`: which files are there, and which are complete
- `file`: a file of the folder
- `layout`: which files are recordings, and the options of each: `plain`, or that of `siprec`
- `leg_times`: when the legs of a call start
- `state`: what is finished and which output names are taken, in files beside the output
- `transcription`: one recording, from the file to the output files
- `disposal`: what happens to files that are done or failed
- `siprec_api`, `siprec_submissions`: has SIPREC transcribe a call that is done, if it should
- `reports`: what is printed
- `watcher`: the loop and its threads
- `settings`: what the operator chose
"""
