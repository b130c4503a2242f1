# Bars of the figures that people choose an init by. DATA has a line for each init and a column for each row of the table.
set terminal svg size 960,480 font "sans-serif,12" background "white"
set output OUTPUT
set datafile separator "\t"
set datafile missing "nan"
set style fill solid 1 noborder
set border 0
unset key
unset xtics
set ytics scale 0
set lmargin 10
set rmargin 9
color(name) = name eq "cppinit" ? 0x1a7f5a : name eq "limit" ? 0xb0b0b0 : 0x7a9cc6

columns = "2 3 6 9 11 15"
forms = "%.0f %.0f %.0f %.1f %.1f %.1f"
titles = '"File size, bytes" "Start-up, µs" "Resident while idle, kB" "Memory of each of 1,000, kB" "CPU time per orphan, µs" "Signal latency, µs"'

set multiplot layout 2,3
do for [panel = 1:words(columns)] {
    figure = int(word(columns, panel))
    set title word(titles, panel)
    # stats leaves out what is not in the ranges.
    set xrange [*:*]
    set yrange [*:*]
    stats DATA using figure nooutput
    set xrange [0:STATS_max]
    set yrange [-5.6:0.6]
    plot DATA using (column(figure) / 2):(-$0):(column(figure) / 2):(0.35):(color(stringcolumn(1))):ytic(1) \
        with boxxyerror linecolor rgb variable, \
        "" using (column(figure)):(-$0):(sprintf(word(forms, panel), column(figure))) with labels left offset 0.5,0
}
unset multiplot
