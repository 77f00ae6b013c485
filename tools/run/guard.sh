# Ends a run's servers when the script that started them is gone without having done so itself (SIGKILL, a crash).
# Standard input is a pipe from that script: lines "+PID" and "-PID" enter and strike out a process group, "done" ends the
# guard; the end of the pipe means that the script died. $1 is the run's folder, which goes too.
trap '' INT TERM HUP
pids=' '
while read -r line; do
  case $line in
    done) exit 0 ;;
    +*) pids="$pids${line#+} " ;;
    -*) gone=${line#-}; pids="${pids%% "$gone" *} ${pids#* "$gone" }" ;;
  esac
done
left() { for pid in $pids; do kill -0 "-$pid" 2>/dev/null && return 0; done; return 1; }
for pid in $pids; do kill -TERM "-$pid" 2>/dev/null; done
waited=0
while left && [ "$waited" -lt 10 ]; do sleep 1; waited=$((waited + 1)); done
for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done
rm -rf -- "$1"
