#include "ask/figure_words.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define NUMBER(value, words) { WORD_NUMBER, USE_ALWAYS, value, words }
#define ONLY(use, value, words) { WORD_NUMBER, USE_##use, value, words }
#define MONTH(value, words, short_words) \
	{ WORD_MONTH, USE_ALWAYS, value, words }, { WORD_MONTH, USE_BESIDE_NUMBER, value, short_words }
#define WEEKDAY(value, words, others) \
	{ WORD_WEEKDAY, USE_ALWAYS, value, words }, { WORD_WEEKDAY, USE_EVIDENCE, value, others }

const struct figure_word figure_words[] = {
	NUMBER(0, "zero"),
	NUMBER(2, "two twice zwei zwo deux"),
	NUMBER(3, "three thrice drei trois"),
	NUMBER(4, "four vier quatre"),
	NUMBER(5, "five fünf cinq"),
	NUMBER(6, "six sechs"),
	NUMBER(7, "seven sieben"),
	NUMBER(8, "eight acht huit"),
	NUMBER(9, "nine neun"),
	NUMBER(10, "ten zehn dix"),
	NUMBER(11, "eleven elf onze"),
	NUMBER(12, "twelve zwölf douze"),
	NUMBER(13, "thirteen treize"),
	NUMBER(14, "fourteen quatorze"),
	NUMBER(15, "fifteen quinze"),
	NUMBER(16, "sixteen seize"),
	NUMBER(17, "seventeen"),
	NUMBER(18, "eighteen"),
	NUMBER(19, "nineteen"),
	NUMBER(20, "twenty zwanzig vingt vingts"),
	NUMBER(30, "thirty dreissig trente"),
	NUMBER(40, "forty fourty vierzig quarante"),
	NUMBER(50, "fifty fünfzig cinquante"),
	NUMBER(60, "sixty sechzig soixante"),
	NUMBER(70, "seventy siebzig septante"),
	NUMBER(80, "eighty achtzig huitante octante"),
	NUMBER(90, "ninety neunzig nonante"),
	NUMBER(100, "hundred hundert"),
	ONLY(WITH_UNIT, 1, "one ein eine einen einem einer eines eins un une"),
	ONLY(WITH_UNIT, 7, "sept"),
	ONLY(WITH_UNIT, 9, "neuf"),
	ONLY(WITH_UNIT, 100, "cent"),
	ONLY(EVIDENCE, 0, "null zéro none"),
	ONLY(EVIDENCE, 1, "primer primero primera primo prima"),
	ONLY(EVIDENCE, 1, "once single first 1st einmal einzige einzigen erste ersten erster erstes "
	                  "premier première seul seule"),
	ONLY(EVIDENCE, 2, "segundo segunda secondo seconda"),
	ONLY(EVIDENCE, 2, "both double couple pair second secondary zweite zweiten zweiter zweites "
	                  "zweit beide beiden doppelt doppelte doppelten deuxième seconde"),
	ONLY(EVIDENCE, 3, "tercer tercero tercera terzo terza"),
	ONLY(EVIDENCE, 3, "third thirds triple dritte dritten dritter drittes dritt drittel "
	                  "troisième tiers"),
	ONLY(EVIDENCE, 4, "cuarto cuarta quarto quarta"),
	ONLY(EVIDENCE, 4, "fourth quarter quarters vierte vierten vierter viertes viert viertel "
	                  "quatrième quart"),
	ONLY(EVIDENCE, 5, "quinto quinta"),
	ONLY(EVIDENCE, 5, "fifth fünfte fünften fünfter fünftes fünftel cinquième"),
	ONLY(EVIDENCE, 6, "sexto sexta sesto sesta"),
	ONLY(EVIDENCE, 6, "sixth sechste sechsten sechster sechstes sechstel sixième"),
	ONLY(EVIDENCE, 7, "séptimo séptima settimo"),
	ONLY(EVIDENCE, 7, "seventh siebte siebten siebter siebtes siebtel septième"),
	ONLY(EVIDENCE, 8, "octavo octava ottavo"),
	ONLY(EVIDENCE, 8, "eighth achte achten achter achtes achtel huitième"),
	ONLY(EVIDENCE, 9, "noveno novena nono"),
	ONLY(EVIDENCE, 9, "ninth neunte neunten neunter neuntes neuvième"),
	ONLY(EVIDENCE, 10, "décimo décima decimo"),
	ONLY(EVIDENCE, 10, "tenth zehnte zehnten zehnter zehntes zehntel dixième"),
	ONLY(EVIDENCE, 11, "eleventh elfte elften elfter onzième"),
	ONLY(EVIDENCE, 12, "twelfth dozen dutzend zwölfte zwölften douzième douzaine"),
	ONLY(EVIDENCE, 14, "fortnight"),
	ONLY(EVIDENCE, 15, "quinzaine fifteenth"),
	ONLY(EVIDENCE, 20, "twentieth zwanzigste zwanzigsten"),
	ONLY(EVIDENCE, 30, "thirtieth dreissigste dreissigsten"),
	ONLY(EVIDENCE_UNIT, 1, "a an uno una um uma en ett een één et jeden jedna jedno"),
	ONLY(ONLY_UNIT, 2, "dos dois duas"),
	ONLY(ONLY_UNIT, 13, "trece tredici treze"), ONLY(ONLY_UNIT, 16, "dieciséis sedici dezesseis"),
	ONLY(ONLY_UNIT, 70, "setenta settanta"), ONLY(ONLY_UNIT, 80, "ochenta ottanta oitenta"),
	ONLY(ONLY_UNIT, 200, "doscientos doscientas duecento duzentos"),
	ONLY(ONLY_UNIT, 300, "trescientos trescientas trecento trezentos"),
	ONLY(ONLY_UNIT, 400, "cuatrocientos cuatrocientas quattrocento"),
	ONLY(ONLY_UNIT, 500, "quinientos quinientas cinquecento quinhentos"),
	ONLY(ONLY_UNIT, 600, "seiscientos seiscientas seicento"),
	ONLY(ONLY_UNIT, 700, "setecientos setecientas settecento"),
	ONLY(ONLY_UNIT, 800, "ochocientos ochocientas ottocento"),
	ONLY(ONLY_UNIT, 900, "novecientos novecientas novecento"),
	ONLY(EVIDENCE_UNIT, 2, "due twee två dwa dwie dva dvě"),
	ONLY(ONLY_UNIT, 3, "tres tre três"),
	ONLY(EVIDENCE_UNIT, 3, "drie trzy tři"),
	ONLY(ONLY_UNIT, 4, "cuatro quattro quatro"),
	ONLY(EVIDENCE_UNIT, 4, "fyra fire cztery čtyři"),
	ONLY(ONLY_UNIT, 5, "cinco cinque"),
	ONLY(EVIDENCE_UNIT, 5, "vijf fem pięć pět"),
	ONLY(ONLY_UNIT, 6, "seis"),
	ONLY(EVIDENCE_UNIT, 6, "sei zes sex seks sześć šest"),
	ONLY(ONLY_UNIT, 7, "siete sette sete"),
	ONLY(EVIDENCE_UNIT, 7, "zeven sju syv siedem sedm"),
	ONLY(ONLY_UNIT, 8, "ocho oito"),
	ONLY(EVIDENCE_UNIT, 8, "otto åtta otte åtte osiem osm"),
	ONLY(ONLY_UNIT, 9, "nueve nove"),
	ONLY(EVIDENCE_UNIT, 9, "negen nio ni dziewięć devět"),
	ONLY(ONLY_UNIT, 10, "diez dieci dez"),
	ONLY(EVIDENCE_UNIT, 10, "tien tio ti dziesięć deset"),
	ONLY(ONLY_UNIT, 11, "undici"),
	ONLY(EVIDENCE_UNIT, 11, "elva elleve jedenaście"),
	ONLY(ONLY_UNIT, 12, "doce dodici doze"),
	ONLY(EVIDENCE_UNIT, 12, "twaalf tolv dwanaście dvanáct"),
	ONLY(ONLY_UNIT, 14, "catorce quattordici"),
	ONLY(EVIDENCE_UNIT, 14, "veertien fjorton czternaście"),
	ONLY(ONLY_UNIT, 15, "quince quindici"),
	ONLY(EVIDENCE_UNIT, 15, "vijftien femton piętnaście"),
	ONLY(ONLY_UNIT, 20, "veinte venti vinte"),
	ONLY(EVIDENCE_UNIT, 20, "twintig tjugo tyve dwadzieścia dvacet"),
	ONLY(ONLY_UNIT, 30, "treinta trenta trinta"),
	ONLY(EVIDENCE_UNIT, 30, "dertig trettio trzydzieści třicet"),
	ONLY(ONLY_UNIT, 40, "cuarenta quaranta quarenta"),
	ONLY(EVIDENCE_UNIT, 40, "veertig fyrtio czterdzieści"),
	ONLY(ONLY_UNIT, 50, "cincuenta cinquanta cinquenta"),
	ONLY(EVIDENCE_UNIT, 50, "vijftig femtio pięćdziesiąt"),
	ONLY(ONLY_UNIT, 60, "sesenta sessanta sessenta"),
	ONLY(EVIDENCE_UNIT, 60, "zestig sextio sześćdziesiąt"),
	ONLY(ONLY_UNIT, 90, "noventa novanta"),
	ONLY(EVIDENCE_UNIT, 90, "negentig nittio"),
	ONLY(ONLY_UNIT, 100, "cien ciento"),
	ONLY(EVIDENCE_UNIT, 100, "cento cem honderd hundra sto"),
	{ WORD_SCALE, USE_ALWAYS, 3, "thousand thousands tausend mille mil mila tusen duizend "
	                             "tysiąc tysięcy k tsd" },
	{ WORD_SCALE, USE_ALWAYS, 6, "million millions millionen mio mn millón millones milione "
	                             "milioni "
	                             "milhão milhões miljoen miljoner milion milionów" },
	{ WORD_SCALE, USE_ALWAYS, 9, "billion billions bn milliarde milliarden mrd milliard "
	                             "milliards miliardi miljard" },
	{ WORD_SCALE, USE_ALWAYS, 12, "trillion trillions trn" },
	MONTH(1, "january januar jänner janvier gennaio enero janeiro", "jan"),
	MONTH(2, "february februar february février febbraio febrero fevereiro", "feb"),
	MONTH(3, "märz marzo março", "march mars mar"),
	MONTH(4, "april avril aprile abril", "apr"),
	MONTH(5, "mai maggio mayo maio", "may"),
	MONTH(6, "june juni juin giugno junio junho", "jun"),
	MONTH(7, "july juli juillet luglio julio julho", "jul"),
	MONTH(8, "august août agosto", "aug"),
	MONTH(9, "september septembre settembre septiembre setembro", "sep sept"),
	MONTH(10, "october oktober octobre ottobre octubre outubro", "oct okt"),
	MONTH(11, "november novembre noviembre novembro", "nov"),
	MONTH(12, "december dezember décembre dicembre diciembre dezembro", "dec dez"),
	WEEKDAY(1, "monday mondays montag montags lundi lundis lunedì lunes", "mon"),
	WEEKDAY(2, "tuesday tuesdays dienstag dienstags mardi mardis martedì martes", "tue tues"),
	WEEKDAY(3, "wednesday wednesdays mittwoch mittwochs mercredi mercredis mercoledì miércoles", "wed"),
	WEEKDAY(4, "thursday thursdays donnerstag donnerstags jeudi jeudis giovedì jueves", "thu thur thurs"),
	WEEKDAY(5, "friday fridays freitag freitags vendredi vendredis venerdì viernes", "fri"),
	WEEKDAY(6, "saturday saturdays samstag samstags sonnabend sonnabends samedi samedis sabato sábado "
	           "sábados", "sat"),
	WEEKDAY(7, "sunday sundays sonntag sonntags dimanche dimanches domenica domingo domingos", "sun"),
};
const size_t n_figure_words = COUNT(figure_words);

const struct figure_part figure_parts[] = {
	{ "und", 0 }, { "eins", 1 }, { "ein", 1 }, { "zwei", 2 }, { "dreissig", 30 }, { "drei", 3 },
	{ "vierzig", 40 }, { "vier", 4 }, { "fünfzig", 50 }, { "fünf", 5 }, { "sechzehn", 16 },
	{ "sechzig", 60 }, { "sechs", 6 }, { "siebzehn", 17 }, { "siebzig", 70 }, { "sieben", 7 },
	{ "achtzig", 80 }, { "acht", 8 }, { "neunzig", 90 }, { "neun", 9 }, { "zehn", 10 }, { "elf", 11 },
	{ "zwölf", 12 }, { "zwanzig", 20 }, { "hundert", 100 }, { "tausend", 1000 },
};
const size_t n_figure_parts = COUNT(figure_parts);

const struct figure_unit_words figure_unit_words[] = {
	{ UNIT_MS, "ms millisecond milliseconds millisekunde millisekunden milliseconde "
	           "millisecondes" },
	{ UNIT_SECOND, "second seconds sec secs s sekunde sekunden sek seconde secondes segundos "
	               "secondi" },
	{ UNIT_MINUTE, "minute minutes min mins minuten minütig minütige minütigen minuti minutos" },
	{ UNIT_HOUR, "hour hours hr hrs h stunde stunden std stündig stündige stündigen heure "
	             "heures ore horas uur" },
	{ UNIT_DAY, "day days daily tag tage tagen tages werktag werktage werktagen arbeitstag "
	            "arbeitstage "
	            "arbeitstagen urlaubstage urlaubstagen kalendertage kalendertagen tägig tägige "
	            "tägigen "
	            "tägiger tägiges jour jours journée journées giorno giorni día días dia dias "
	            "dagen" },
	{ UNIT_WEEK, "week weeks wk wks weekly woche wochen wöchig wöchige wöchigen wöchiger wöchiges "
	             "semaine semaines settimana settimane semana semanas weken" },
	{ UNIT_MONTH, "month months mth mths monthly monat monate monaten monats kalendermonat kalendermonate "
	              "kalendermonaten monatig monatige monatigen monatiger monatiges mois mese "
	              "mesi mes "
	              "meses maand maanden" },
	{ UNIT_YEAR, "year years yr yrs jahr jahre jahren jahres jährig jährige jährigen jähriger "
	             "jähriges an "
	             "ans année années anno anni año años ano anos jaar" },
	{ UNIT_PERCENT, "% percent prozent pct procent porcento ％" },
	{ UNIT_EURO, "€ euro euros eur" }, { UNIT_DOLLAR, "$ dollar dollars usd us$" },
	{ UNIT_POUND, "£ gbp sterling" }, { UNIT_FRANC, "chf franken franc francs" },
	{ UNIT_YEN, "yen jpy" }, { UNIT_CENT, "cent cents ct penny pence centimes céntimos centesimi" },
	{ UNIT_YUAN, "yuan rmb cny renminbi" }, { UNIT_BAHT, "baht thb ฿" },
	{ UNIT_MM, "mm millimetre millimetres millimeter millimeters millimetern millimètre "
	           "millimètres" },
	{ UNIT_CM, "cm centimetre centimetres centimeter centimeters zentimeter zentimetern "
	           "centimètre centimètres" },
	{ UNIT_METRE, "m metre metres meter meters metern mètre mètres metri metros" },
	{ UNIT_KM, "km kilometre kilometres kilometer kilometers kilometern kilomètre kilomètres" },
	{ UNIT_MILE, "mile miles meile meilen" }, { UNIT_INCH, "inch inches zoll pouce pouces" },
	{ UNIT_FOOT, "foot feet ft" },
	{ UNIT_MG, "mg milligram milligrams milligramm milligramme milligrammes" },
	{ UNIT_GRAM, "g gram grams gramm gramme grammes" },
	{ UNIT_KG, "kg kilogram kilograms kilogramm kilogramme kilogrammes kilo kilos" },
	{ UNIT_TON, "t ton tons tonne tonnes tonnen" },
	{ UNIT_ML, "ml millilitre millilitres milliliter milliliters millilitres" },
	{ UNIT_LITRE, "l litre litres liter liters litern" },
	{ UNIT_CL, "cl centilitre centilitres zentiliter" }, { UNIT_DL, "dl decilitre decilitres deziliter" },
	{ UNIT_GALLON, "gallon gallons gal" }, { UNIT_CUP, "cup cups" },
	{ UNIT_TEASPOON, "tsp teaspoon teaspoons teelöffel" },
	{ UNIT_TABLESPOON, "tbsp tablespoon tablespoons esslöffel" },
	{ UNIT_OUNCE, "oz ounce ounces" }, { UNIT_MCG, "µg μg mcg microgram micrograms mikrogramm microgrammes" },
	{ UNIT_YARD, "yard yards" }, { UNIT_HECTARE, "ha hectare hectares hektar" }, { UNIT_ACRE, "acre acres" },
	{ UNIT_HERTZ, "hz hertz" }, { UNIT_KHZ, "khz kilohertz" }, { UNIT_MHZ, "mhz megahertz" },
	{ UNIT_GHZ, "ghz gigahertz" }, { UNIT_WH, "wh" }, { UNIT_MWH, "mwh" }, { UNIT_MAH, "mah" },
	{ UNIT_PSI, "psi" }, { UNIT_HPA, "hpa mbar" }, { UNIT_KPA, "kpa" },
	{ UNIT_KMH, "kmh" }, { UNIT_MPH, "mph" }, { UNIT_KNOT, "knot knots knoten nœuds" },
	{ UNIT_CELSIUS, "°c celsius ℃" }, { UNIT_FAHRENHEIT, "°f fahrenheit ℉" },
	{ UNIT_WATT, "w watt watts" }, { UNIT_KW, "kw kilowatt kilowatts" }, { UNIT_MW, "mw "
	                                                                                "megawatt "
	                                                                                "megawatts" },
	{ UNIT_KWH, "kwh kilowattstunden kilowattheures" }, { UNIT_VOLT, "v volt volts" },
	{ UNIT_AMPERE, "ampere amperes amps ampère ampères" }, { UNIT_BAR, "bar" },
	{ UNIT_NEWTON_METRE, "nm" }, { UNIT_DECIBEL, "db decibel decibels dezibel" },
	{ UNIT_KB, "kb kib kilobyte kilobytes" }, { UNIT_MB, "mb mib megabyte megabytes" },
	{ UNIT_GB, "gb gib gigabyte gigabytes" }, { UNIT_TB, "tb tib terabyte terabytes" },
};
const size_t n_figure_unit_words = COUNT(figure_unit_words);

const struct figure_run unspaced_units[] = {
	{ "个月", UNIT_MONTH }, { "個月", UNIT_MONTH }, { "か月", UNIT_MONTH }, { "ヶ月", UNIT_MONTH },
	{ "カ月", UNIT_MONTH }, { "ヵ月", UNIT_MONTH }, { "箇月", UNIT_MONTH }, { "ケ月", UNIT_MONTH },
	{ "个工作日", UNIT_DAY }, { "個工作日", UNIT_DAY }, { "工作日", UNIT_DAY }, { "営業日", UNIT_DAY },
	{ "个星期", UNIT_WEEK }, { "個星期", UNIT_WEEK }, { "星期", UNIT_WEEK }, { "週間", UNIT_WEEK },
	{ "周", UNIT_WEEK }, { "週", UNIT_WEEK }, { "个小时", UNIT_HOUR }, { "個小時", UNIT_HOUR },
	{ "小时", UNIT_HOUR }, { "小時", UNIT_HOUR }, { "時間", UNIT_HOUR }, { "时", UNIT_HOUR },
	{ "時", UNIT_HOUR }, { "点", UNIT_HOUR }, { "點", UNIT_HOUR }, { "分钟", UNIT_MINUTE },
	{ "分鐘", UNIT_MINUTE }, { "分間", UNIT_MINUTE }, { "秒", UNIT_SECOND }, { "天", UNIT_DAY },
	{ "日元", UNIT_YEN }, { "日圓", UNIT_YEN }, { "日間", UNIT_DAY }, { "日", UNIT_DAY },
	{ "月份", UNIT_MONTH_NAME }, { "月", UNIT_MONTH_NAME }, { "年間", UNIT_YEAR }, { "年", UNIT_YEAR },
	{ "パーセント", UNIT_PERCENT }, { "％", UNIT_PERCENT }, { "欧元", UNIT_EURO }, { "歐元", UNIT_EURO },
	{ "ユーロ", UNIT_EURO }, { "美元", UNIT_DOLLAR }, { "ドル", UNIT_DOLLAR }, { "英镑", UNIT_POUND },
	{ "ポンド", UNIT_POUND }, { "円", UNIT_YEN }, { "人民币", UNIT_YUAN }, { "泰铢", UNIT_BAHT },
	{ "バーツ", UNIT_BAHT }, { "元", UNIT_YUAN }, { "公里", UNIT_KM }, { "千米", UNIT_KM },
	{ "キロメートル", UNIT_KM }, { "厘米", UNIT_CM }, { "公分", UNIT_CM }, { "センチ", UNIT_CM },
	{ "毫米", UNIT_MM }, { "ミリメートル", UNIT_MM }, { "メートル", UNIT_METRE }, { "米", UNIT_METRE },
	{ "公斤", UNIT_KG }, { "千克", UNIT_KG }, { "キログラム", UNIT_KG }, { "毫克", UNIT_MG },
	{ "克", UNIT_GRAM }, { "グラム", UNIT_GRAM }, { "毫升", UNIT_ML }, { "リットル", UNIT_LITRE },
	{ "升", UNIT_LITRE }, { "吨", UNIT_TON }, { "トン", UNIT_TON }, { "摄氏度", UNIT_CELSIUS },
	{ "ワット", UNIT_WATT }, { "千瓦", UNIT_KW }, { "ボルト", UNIT_VOLT },
	{ "个", UNIT_COUNTER }, { "個", UNIT_COUNTER }, { "人", UNIT_COUNTER }, { "名", UNIT_COUNTER },
	{ "位", UNIT_COUNTER }, { "次", UNIT_COUNTER }, { "回", UNIT_COUNTER }, { "倍", UNIT_COUNTER },
	{ "条", UNIT_COUNTER }, { "條", UNIT_COUNTER }, { "件", UNIT_COUNTER }, { "台", UNIT_COUNTER },
	{ "本", UNIT_COUNTER }, { "枚", UNIT_COUNTER }, { "つ", UNIT_COUNTER }, { "项", UNIT_COUNTER },
	{ "項", UNIT_COUNTER }, { "种", UNIT_COUNTER }, { "種", UNIT_COUNTER }, { "章", UNIT_COUNTER },
	{ "页", UNIT_COUNTER }, { "頁", UNIT_COUNTER }, { "ページ", UNIT_COUNTER }, { "层", UNIT_COUNTER },
	{ "階", UNIT_COUNTER }, { "号", UNIT_COUNTER }, { "號", UNIT_COUNTER }, { "楼", UNIT_COUNTER },
	{ "间", UNIT_COUNTER }, { "部", UNIT_COUNTER }, { "份", UNIT_COUNTER }, { "歳", UNIT_COUNTER },
	{ "岁", UNIT_COUNTER }, { "歲", UNIT_COUNTER }, { "家", UNIT_COUNTER }, { "步", UNIT_COUNTER },
	{ "级", UNIT_COUNTER }, { "度", UNIT_COUNTER }, { "折", UNIT_COUNTER }, { "成", UNIT_COUNTER },
	{ "วินาที", UNIT_SECOND }, { "นาที", UNIT_MINUTE }, { "ชั่วโมง", UNIT_HOUR }, { "วัน", UNIT_DAY },
	{ "สัปดาห์", UNIT_WEEK }, { "อาทิตย์", UNIT_WEEK }, { "เดือน", UNIT_MONTH }, { "ปี", UNIT_YEAR },
	{ "เปอร์เซ็นต์", UNIT_PERCENT }, { "บาท", UNIT_BAHT }, { "ยูโร", UNIT_EURO }, { "ดอลลาร์", UNIT_DOLLAR },
	{ "กิโลเมตร", UNIT_KM }, { "กม", UNIT_KM }, { "เซนติเมตร", UNIT_CM }, { "มิลลิเมตร", UNIT_MM },
	{ "เมตร", UNIT_METRE }, { "กิโลกรัม", UNIT_KG }, { "กก", UNIT_KG }, { "มิลลิกรัม", UNIT_MG },
	{ "กรัม", UNIT_GRAM }, { "มิลลิลิตร", UNIT_ML }, { "ลิตร", UNIT_LITRE }, { "องศา", UNIT_COUNTER },
	{ "คน", UNIT_COUNTER }, { "ครั้ง", UNIT_COUNTER }, { "ชิ้น", UNIT_COUNTER }, { "ตัว", UNIT_COUNTER },
	{ "ห้อง", UNIT_COUNTER }, { "แห่ง", UNIT_COUNTER }, { "หลัง", UNIT_COUNTER }, { "คัน", UNIT_COUNTER },
	{ "เล่ม", UNIT_COUNTER }, { "ฉบับ", UNIT_COUNTER }, { "ใบ", UNIT_COUNTER }, { "ชุด", UNIT_COUNTER },
	{ "ข้อ", UNIT_COUNTER }, { "เท่า", UNIT_COUNTER }, { "ชั้น", UNIT_COUNTER }, { "เครื่อง", UNIT_COUNTER },
};
const size_t n_unspaced_units = COUNT(unspaced_units);

const struct figure_run thai_numbers[] = {
	{ "ศูนย์", 0 }, { "หนึ่ง", 1 }, { "เอ็ด", 1 }, { "สอง", 2 }, { "ยี่", 2 }, { "สาม", 3 }, { "สี่", 4 },
	{ "ห้า", 5 }, { "หก", 6 }, { "เจ็ด", 7 }, { "แปด", 8 }, { "เก้า", 9 }, { "สิบ", 10 }, { "ร้อย", 100 },
	{ "พัน", 1000 }, { "หมื่น", 10000 }, { "แสน", 100000 }, { "ล้าน", 1000000 },
};
const size_t n_thai_numbers = COUNT(thai_numbers);

const struct figure_run thai_months[] = {
	{ "มกราคม", 1 }, { "กุมภาพันธ์", 2 }, { "มีนาคม", 3 }, { "เมษายน", 4 }, { "พฤษภาคม", 5 },
	{ "มิถุนายน", 6 }, { "กรกฎาคม", 7 }, { "สิงหาคม", 8 }, { "กันยายน", 9 }, { "ตุลาคม", 10 },
	{ "พฤศจิกายน", 11 }, { "ธันวาคม", 12 },
};
const size_t n_thai_months = COUNT(thai_months);

const struct figure_run thai_weekdays[] = {
	{ "วันจันทร์", 1 }, { "วันอังคาร", 2 }, { "วันพุธ", 3 }, { "วันพฤหัส", 4 }, { "วันศุกร์", 5 },
	{ "วันเสาร์", 6 }, { "วันอาทิตย์", 7 },
};
const size_t n_thai_weekdays = COUNT(thai_weekdays);

const struct figure_run cjk_weekdays[] = {
	{ "星期一", 1 }, { "星期二", 2 }, { "星期三", 3 }, { "星期四", 4 }, { "星期五", 5 }, { "星期六", 6 },
	{ "星期日", 7 }, { "星期天", 7 }, { "周一", 1 }, { "周二", 2 }, { "周三", 3 }, { "周四", 4 },
	{ "周五", 5 }, { "周六", 6 }, { "周日", 7 }, { "週一", 1 }, { "週二", 2 }, { "週三", 3 }, { "週四", 4 },
	{ "週五", 5 }, { "週六", 6 }, { "週日", 7 }, { "月曜", 1 }, { "火曜", 2 }, { "水曜", 3 }, { "木曜", 4 },
	{ "金曜", 5 }, { "土曜", 6 }, { "日曜", 7 },
};
const size_t n_cjk_weekdays = COUNT(cjk_weekdays);
