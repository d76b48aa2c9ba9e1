# Sets `program`, the fuzzer of $room, and builds it unless an argument is --built. For run and keep.
package=${STILE_PACKAGE:-$root}
scratch=${STILE_FUZZ_BUILD:-$package/.build-fuzz}
program=$scratch/release/$room-fuzz
# Swift's own report of a crash would end the program before libFuzzer has kept the input.
export SWIFT_BACKTRACE=enable=no
if [ "${1:-}" = --built ]; then
    shift
else
    swift build --package-path "$package" --scratch-path "$scratch" -c release --product "$room-fuzz" \
        --sanitize fuzzer -Xswiftc -DFUZZING
fi
