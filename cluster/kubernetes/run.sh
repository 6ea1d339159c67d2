# Every pod runs this. Rank 0 keeps the run on its volume, and goes on with it when it is started again.
set -eu
if [ -n "${FIRST_RANK:-}" ]; then
  # Of several indexed jobs each begins at 0.
  RANK=$((FIRST_RANK + JOB_COMPLETION_INDEX))
  export RANK
  unset JOB_COMPLETION_INDEX
fi
folder=/runs/$RUN_NAME
if [ -e "$folder/run.json" ]; then
  exec tare train --resume "$folder" --launcher env
fi
exec tare train /config/plan.yaml --launcher env --output "$folder"
