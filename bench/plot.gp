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
set yrange [-5.6:0.6]
set lmargin 10
set rmargin 9
color(name) = name eq "cppinit" ? 0x1a7f5a : name eq "limit" ? 0xb0b0b0 : 0x7a9cc6
set multiplot layout 2,3

do for [panel in "2,%.0f,File-size-(bytes) 3,%.0f,Start-up-(µs) 6,%.0f,Resident-while-idle-(kB) 9,%.1f,Memory-of-each-of-1,000-(kB) 11,%.2f,CPU-time-per-orphan-(µs) 15,%.1f,Signal-latency-(µs)"] {
    first = strstrt(panel, ",")
    rest = panel[first + 1:]
    second = strstrt(rest, ",")
    figure = int(panel[:first - 1])
    form = rest[:second - 1]
    words = rest[second + 1:]
    heading = ""
    do for [i = 1:strlen(words)] { heading = heading . (words[i:i] eq "-" && i > 5 ? " " : words[i:i]) }
    set title heading
    stats DATA using figure nooutput
    set xrange [0:STATS_max]
    plot DATA using (column(figure) / 2):(-$0):(column(figure) / 2):(0.35):(color(stringcolumn(1))):ytic(1) with boxxyerror linecolor rgb variable, \
        "" using (column(figure)):(-$0):(sprintf(form, column(figure))) with labels left offset 0.5,0
}
unset multiplot
